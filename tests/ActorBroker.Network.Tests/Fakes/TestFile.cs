using ActorBroker.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>A segment file that counts its leases through the slices planned on it.</summary>
internal sealed class TestFile(string path) : IFileLease, IDisposable
{
    private long _end;
    private long _reserved = -1;
    private int _released;

    public SafeFileHandle Handle { get; } = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);

    public int Released => Volatile.Read(ref _released);

    public long Reserve(int bytes)
    {
        _reserved = _end;
        _end += bytes;
        return _reserved;
    }

    /// <summary>Writes the batch as it is now, with its offset, to the place reserved last.</summary>
    public void WriteIfReserved(byte[] batch)
    {
        if (_reserved >= 0) RandomAccess.Write(Handle, batch, _reserved);
        _reserved = -1;
    }

    public void Release() => Interlocked.Increment(ref _released);

    public void Dispose() => Handle.Dispose();
}
