using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Files;

/// <summary>Linux's <c>syncfs</c> on a directory.</summary>
internal sealed class SystemFileSystemSync(SafeFileHandle directory, string path) : FileSystemSync
{
    public override void Sync()
    {
        while (Posix.SyncFileSystem(directory) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Posix.Eintr) throw IoErrors.SyncFailed(path, errno);
        }
    }

    public override void Dispose() => directory.Dispose();
}
