namespace ActorBroker.Storage.Flushing;

/// <summary>
/// The node's one background thread for what is due now and then: checkpoint files (promptly after a flush, at least every few seconds),
/// removal of deleted files, and the tail caches' age. Logs themselves are never touched here, only what they publish.
/// </summary>
public sealed class StorageHousekeeper : IDisposable
{
    private const int TickMs = 500;

    private readonly LogEnvironment _environment;
    private readonly Func<IReadOnlyList<LogDirectory>> _directories;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    public StorageHousekeeper(LogEnvironment environment, Func<IReadOnlyList<LogDirectory>> directories)
    {
        _environment = environment;
        _directories = directories;
        _thread = new Thread(Run) { IsBackground = true, Name = "storage-housekeeper" };
        _thread.Start();
    }

    public void Dispose()
    {
        if (_stop.IsSet) return;
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var nextCheckpoint = Environment.TickCount64 + _environment.Settings.CheckpointIntervalMs;
        while (!_stop.Wait(TickMs))
        {
            var now = Environment.TickCount64;
            var isCheckpointDue = now >= nextCheckpoint;
            if (isCheckpointDue) nextCheckpoint = now + _environment.Settings.CheckpointIntervalMs;
            _environment.Tail.Sweep(now);
            foreach (var directory in _directories()) Attend(directory, isCheckpointDue);
        }
    }

    private void Attend(LogDirectory directory, bool isCheckpointDue)
    {
        try
        {
            if (isCheckpointDue) directory.WriteCheckpoints();
            else directory.WriteCheckpointsIfDirty();
            directory.RemoveDeleted();
        }
        catch (LogIoException error)
        {
            if (error.Kind == LogIoErrorKind.Offline) directory.MarkOffline(error);
            else _environment.Log.Write(StorageLogLevel.Warning, $"Checkpoints of {directory.Path} could not be written; they will be tried again", error);
        }
    }
}
