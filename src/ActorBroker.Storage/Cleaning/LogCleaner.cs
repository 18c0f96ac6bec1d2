namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// The cleaner's thread: one log at a time, the dirtiest waiting one first. Owners submit plans and get results back by callback; at most
/// one plan per log waits or runs. A log that cannot be cleaned (corrupt bytes, no space) is reported and left as it is.
/// </summary>
public sealed class LogCleaner : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(CleaningPlan Plan, Action<CleaningResult?> OnDone), double> _queue = new();
    private readonly HashSet<PartitionLog> _busy = [];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly LogEnvironment _environment;
    private readonly Thread _thread;

    public LogCleaner(LogEnvironment environment)
    {
        _environment = environment;
        _thread = new Thread(Run) { IsBackground = true, Name = "log-cleaner", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>
    /// Queues a plan; <paramref name="onDone"/> is called once on the cleaner's thread, with null when nothing came of it, and must not
    /// block: it passes the result to the log's owner. False when the log waits or runs already, or the cleaner has ended.
    /// </summary>
    public bool Submit(CleaningPlan plan, Action<CleaningResult?> onDone)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || !_busy.Add(plan.Log)) return false;
            _queue.Enqueue((plan, onDone), -plan.DirtyRatio);
        }
        _ready.Release();
        return true;
    }

    /// <summary>Stops the cleaning under way; its files go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            _stop.Cancel();
        }
        _ready.Release();
        _thread.Join();
        _stop.Dispose();
        _ready.Dispose();
    }

    /// <summary>Cleans on the calling thread.</summary>
    internal static CleaningResult Clean(CleaningPlan plan, long mapBytes, CancellationToken cancel) => new SegmentCleaner(plan, mapBytes, cancel).Run();

    private void Run()
    {
        while (true)
        {
            _ready.Wait();
            (CleaningPlan Plan, Action<CleaningResult?> OnDone) next;
            lock (_gate)
                if (_stop.IsCancellationRequested || !_queue.TryDequeue(out next, out _)) return;
            var result = TryClean(next.Plan);
            lock (_gate) _busy.Remove(next.Plan.Log);
            next.OnDone(result);
        }
    }

    private CleaningResult? TryClean(CleaningPlan plan)
    {
        try
        {
            return Clean(plan, _environment.Settings.CleanerMapBytes, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception error)
        {
            if (error is LogIoException { Kind: LogIoErrorKind.Offline }) plan.Log.Directory.MarkOffline(error);
            _environment.Log.Write(StorageLogLevel.Error, $"{plan.Log.Partition} could not be cleaned", error);
            return null;
        }
    }
}
