namespace ActorBroker.Storage.Files;

/// <summary>
/// Syncs everything on a file system with one call: cheaper than file by file when many logs have a little to sync. Stays open, because the
/// system reports write-back errors since the opening only.
/// </summary>
internal abstract class FileSystemSync : IDisposable
{
    public abstract void Sync();

    public abstract void Dispose();
}
