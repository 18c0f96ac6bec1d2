using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Files;

/// <summary>
/// An open file as the storage uses it: positions are always explicit, failures are <see cref="LogIoException"/>. A seam: tests put a
/// device behind it that forgets, tears and fails. Reads and writes may run at the same time on different ranges.
/// </summary>
internal abstract class StorageFile : IDisposable
{
    public abstract SafeFileHandle Handle { get; }
    public abstract string Path { get; }
    public abstract long Length { get; }

    /// <summary>Reads up to the buffer's length; fewer only at the file's end.</summary>
    public abstract int Read(Span<byte> buffer, long position);

    /// <summary>Writes all pieces one behind the other; on failure nothing is known about the range.</summary>
    public abstract void Write(ReadOnlySpan<IoVec> pieces, long position);

    public abstract void SetLength(long length);

    /// <summary>Asks for blocks behind the file's end; false when the system cannot or will not.</summary>
    public abstract bool TryReserve(long position, long length);

    /// <summary>
    /// Data and the length needed to read it are durable when this returns. Never try again after a failure: the pages are marked clean
    /// then.
    /// </summary>
    public abstract void Sync();

    public abstract void Dispose();

    public unsafe void Write(ReadOnlySpan<byte> bytes, long position)
    {
        if (bytes.IsEmpty) return;
        fixed (byte* first = bytes)
        {
            var piece = new IoVec { Base = first, Length = (nuint)bytes.Length };
            Write(new ReadOnlySpan<IoVec>(in piece), position);
        }
    }
}
