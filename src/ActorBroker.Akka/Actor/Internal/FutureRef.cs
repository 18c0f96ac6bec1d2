using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// The sender of an Ask: takes one reply. It gets a path, and a place in <c>/temp</c>, only when someone asks for the path
/// (to send it to another node, or to log it); most never do.
/// </summary>
internal sealed class FutureRef<T> : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorSystemImpl _system;
    private ActorPath? _path;
    private WheelEntry? _timeout;
    private CancellationTokenRegistration _cancellation;

    private FutureRef(ActorSystemImpl system) => _system = system;

    public Task<T> Task => _result.Task;

    public override ActorPath Path => Volatile.Read(ref _path) ?? Register();

    public override IActorRefProvider Provider => _system.Provider;

    public static FutureRef<T> Create(ICanTell target, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(target) ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(target));
        var future = new FutureRef<T>(system);
        var limit = timeout ?? system.Settings.AskTimeout;
        if (limit > TimeSpan.Zero)
            future._timeout = AskTimeouts.Schedule(limit, () => future.TimedOut(limit));
        if (cancellationToken.CanBeCanceled)
        {
            future._cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((FutureRef<T>)state!).Canceled(token), future);
        }
        return future;
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        bool taken;
        switch (message)
        {
            case T reply:
                taken = _result.TrySetResult(reply);
                break;
            case null:
                taken = _result.TrySetResult(default!);
                break;
            case Status.Failure failure:
                taken = _result.TrySetException(failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message."));
                break;
            default:
                _result.TrySetException(new ArgumentException(
                    $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
                taken = true;
                break;
        }
        if (taken)
            Release();
        else if (!_result.Task.IsCanceled)
            _system.DeadLetters.Tell(message ?? "null", this);
    }

    internal override void SendSystem(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }

    private static ActorSystemImpl? SystemOf(ICanTell target)
    {
        while (target is ActorSelection selection)
            target = selection.Anchor;
        if (target is LocalActorRef local)
            return local.Cell.SystemImpl;
        return target is IInternalActorRef reference and not Nobody
            ? reference.Provider.Settings.SystemImpl
            : ActorCell.Current?.SystemImpl;
    }

    private void TimedOut(TimeSpan limit)
    {
        if (_result.TrySetException(new AskTimeoutException($"Timeout after {limit.TotalSeconds:F2} seconds")))
            Release();
    }

    private void Canceled(CancellationToken token)
    {
        if (_result.TrySetCanceled(token))
            Release();
    }

    private ActorPath Register()
    {
        var path = _system.Provider.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) is { } known)
            return known;
        _system.LocalProvider.RegisterTemp(this, path);
        if (_result.Task.IsCompleted)
            _system.LocalProvider.UnregisterTemp(path);
        return path;
    }

    private void Release()
    {
        _timeout?.Remove();
        _cancellation.Unregister();
        if (Volatile.Read(ref _path) is { } path)
            _system.LocalProvider.UnregisterTemp(path);
    }
}
