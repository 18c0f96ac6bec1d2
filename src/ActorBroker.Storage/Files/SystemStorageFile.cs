using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Files;

/// <summary>
/// A file of the operating system. On Linux writes, truncation and syncs are system calls of our own; elsewhere .NET's, with what they
/// report.
/// </summary>
internal sealed unsafe class SystemStorageFile(SafeFileHandle handle, string path) : StorageFile
{
    public override SafeFileHandle Handle => handle;
    public override string Path => path;
    public override long Length => RandomAccess.GetLength(handle);

    public override int Read(Span<byte> buffer, long position)
    {
        var total = 0;
        try
        {
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], position + total);
                if (read == 0) break;
                total += read;
            }
        }
        catch (Exception error) when (IoErrors.IsExpected(error))
        {
            throw IoErrors.From("read", path, error);
        }
        return total;
    }

    public override void Write(ReadOnlySpan<IoVec> pieces, long position)
    {
        if (!Posix.IsSupported)
        {
            WritePortably(pieces, position);
            return;
        }
        fixed (IoVec* first = pieces)
        {
            var next = 0;
            while (next < pieces.Length)
            {
                var written = Posix.WriteVector(handle, first + next, Math.Min(pieces.Length - next, Posix.IovMax), position);
                if (written < 0)
                {
                    var errno = Marshal.GetLastPInvokeError();
                    if (errno == Posix.Eintr) continue;
                    throw IoErrors.FromErrno("write", path, errno);
                }
                if (written == 0) throw IoErrors.FromErrno("write", path, Posix.Eio);
                position += written;
                next = Skip(pieces, next, (nuint)written, ref position, this);
            }
        }
    }

    public override void SetLength(long length)
    {
        if (!Posix.IsSupported)
        {
            Portably("truncate", () => RandomAccess.SetLength(handle, length));
            return;
        }
        while (Posix.Truncate(handle, length) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Posix.Eintr) throw IoErrors.FromErrno("truncate", path, errno);
        }
    }

    public override bool TryReserve(long position, long length) =>
        Posix.IsSupported && Posix.ReserveKeepSize(handle, position, length) == 0;

    public override void Sync()
    {
        if (!Posix.IsSupported)
        {
            Portably("sync", () => RandomAccess.FlushToDisk(handle));
            return;
        }
        while (Posix.SyncData(handle) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Posix.Eintr) throw IoErrors.SyncFailed(path, errno);
        }
    }

    public override void Dispose() => handle.Dispose();

    // A short write ends inside a piece: the rest of that piece goes alone, so that the caller's pieces stay as they are.
    private static int Skip(ReadOnlySpan<IoVec> pieces, int next, nuint written, ref long position, SystemStorageFile file)
    {
        while (next < pieces.Length && written >= pieces[next].Length)
        {
            written -= pieces[next].Length;
            next++;
        }
        if (written == 0 || next == pieces.Length) return next;
        var rest = new IoVec { Base = pieces[next].Base + written, Length = pieces[next].Length - written };
        file.Write(new ReadOnlySpan<IoVec>(in rest), position);
        position += (long)rest.Length;
        return next + 1;
    }

    private void WritePortably(ReadOnlySpan<IoVec> pieces, long position)
    {
        try
        {
            foreach (var piece in pieces)
            {
                RandomAccess.Write(handle, new ReadOnlySpan<byte>(piece.Base, checked((int)piece.Length)), position);
                position += (long)piece.Length;
            }
        }
        catch (Exception error) when (IoErrors.IsExpected(error))
        {
            throw IoErrors.From("write", path, error);
        }
    }

    private void Portably(string operation, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (IoErrors.IsExpected(error))
        {
            throw IoErrors.From(operation, path, error);
        }
    }
}
