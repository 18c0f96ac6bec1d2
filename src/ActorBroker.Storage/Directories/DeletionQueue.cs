using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Directories;

/// <summary>
/// Files and directories that are out of use and wait for their delete delay (<c>file.delete.delay.ms</c>): renamed already, so a restart
/// removes them too. The delay lets readers that planned before the rename end in peace.
/// </summary>
internal sealed class DeletionQueue(StorageFiles files, IStorageLog log)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(string Path, bool IsDirectory), long> _due = new();

    public int Count
    {
        get
        {
            lock (_gate) return _due.Count;
        }
    }

    public void Add(string path, bool isDirectory, long dueTickMs)
    {
        lock (_gate) _due.Enqueue((path, isDirectory), dueTickMs);
    }

    /// <summary>Removes what is due; a failure is reported and not tried again before the next start.</summary>
    public void Run(long tickMs)
    {
        while (true)
        {
            (string Path, bool IsDirectory) next;
            lock (_gate)
            {
                if (!_due.TryPeek(out next, out var dueTickMs) || dueTickMs > tickMs) return;
                _due.Dequeue();
            }
            try
            {
                if (next.IsDirectory) files.DeleteDirectory(next.Path);
                else files.Delete(next.Path);
            }
            catch (LogIoException error)
            {
                log.Write(StorageLogLevel.Warning, $"{next.Path} could not be removed", error);
            }
        }
    }
}
