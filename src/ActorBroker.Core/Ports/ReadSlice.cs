using ActorBroker.Core.Kernel;

namespace ActorBroker.Core.Ports;

/// <summary>
/// Bytes of a log that a response streams: in memory (<see cref="Buffer"/> set) or in a file (<see cref="File"/> set). Holds a lease
/// either way;
/// <see cref="Release"/> it once when the bytes have left.
/// </summary>
public readonly struct ReadSlice
{
    public ReadSlice(LeasedBuffer buffer, int start, int length)
    {
        Buffer = buffer;
        Position = start;
        Length = length;
    }

    public ReadSlice(IFileLease file, long position, int length)
    {
        File = file;
        Position = position;
        Length = length;
    }

    public LeasedBuffer? Buffer { get; }
    public IFileLease? File { get; }

    /// <summary>The first byte: an index into the buffer or a position in the file.</summary>
    public long Position { get; }

    public int Length { get; }

    public void Release()
    {
        Buffer?.Release();
        File?.Release();
    }
}
