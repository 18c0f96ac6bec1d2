using Akka.Actor;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Decides when a node runs the singleton. The oldest member of the role hosts it; when it leaves, the next oldest asks for the
/// hand-over and starts its own only after the confirmation that the previous one has stopped, or after the removal of every
/// member that could still run it.
///
/// <code>
///   Start -> Younger -> BecomingOldest -> Oldest -> WasOldest -> HandingOver -> End
///   Start -> Oldest, Younger -> Oldest    nobody who is older can still run it
///   Oldest -> HandingOver                 the new oldest was faster than this node's view
///   HandingOver -> Younger                there is nobody to hand over to
///   BecomingOldest -> WasOldest           this node exits itself: it passes its turn on
/// </code>
///
/// A downed node goes to Stopping instead. <see cref="OldestQueue"/> keeps the changes of the oldest; they are taken in Younger and
/// Oldest only. Invariants: the singleton is told to stop before another node is told that it has stopped; a node starts one only
/// as the oldest member that it knows of, with all those who were older accounted for. Members that were removed are remembered
/// for a while: a hand-over to or from such a one is never waited for. Called by <see cref="ClusterSingletonManager"/> alone, on its
/// thread; a hand-over that never ends throws <see cref="ClusterSingletonManagerIsStuckException"/>, and the supervisor restarts.
/// </summary>
internal sealed class SingletonMachine(ISingletonHost host, int maxHandOverRetries)
{
    private readonly OldestQueue _oldest = new();
    private readonly RemovedNodes _removed = new();
    private readonly int _maxTakeOverRetries = Math.Max(1, maxHandOverRetries - 3);
    private List<UniqueAddress> _previous = [];
    private UniqueAddress? _newOldest;
    private Address? _handOverTo;
    private bool _running;
    private bool _selfExited;

    public SingletonPhase Phase { get; private set; } = SingletonPhase.Start;

    /// <summary>True from the start of the singleton to the word that it has stopped.</summary>
    public bool IsRunning => _running;

    private bool CanHost => !_selfExited && host.SelfStatus is not (MemberStatus.Exiting or MemberStatus.Down);

    /// <summary>This node is up: the members that it sees then.</summary>
    public void Begin(IEnumerable<SingletonCandidate> members)
    {
        if (Phase != SingletonPhase.Start)
            return;
        var upToSelf = _oldest.Reset(members, host.Self);
        var safe = !upToSelf.Any(c => c.IsOnItsWayOut);
        _previous = [.. upToSelf.Select(c => c.Node).Where(n => !n.Equals(host.Self))];
        if (upToSelf.Count == 0 || !upToSelf[0].Node.Equals(host.Self))
            Enter(SingletonPhase.Younger);
        else if (safe)
            BecomeOldest();
        else
            Enter(SingletonPhase.BecomingOldest);
        TakeChanges();
    }

    public void MemberUp(SingletonCandidate candidate)
    {
        if (Phase == SingletonPhase.Start)
            return;
        _oldest.Add(candidate);
        TakeChanges();
    }

    public void MemberExited(UniqueAddress node)
    {
        // This node's own exit comes with the coordinated shutdown.
        if (Phase == SingletonPhase.Start || node.Equals(host.Self))
            return;
        _oldest.Remove(node);
        TakeChanges();
    }

    public void MemberDowned(UniqueAddress node)
    {
        if (!node.Equals(host.Self))
            return;
        switch (Phase)
        {
            case SingletonPhase.Younger or SingletonPhase.BecomingOldest:
            case SingletonPhase.Oldest or SingletonPhase.WasOldest when !_running:
                host.StopManager();
                break;
            case SingletonPhase.Oldest or SingletonPhase.WasOldest:
                StopSingleton();
                break;
        }
    }

    public void MemberRemoved(UniqueAddress node)
    {
        if (node.Equals(host.Self))
        {
            if (Phase == SingletonPhase.End || !_selfExited || Phase is SingletonPhase.Younger or SingletonPhase.BecomingOldest)
                host.StopManager();
            else
                _removed.Add(node);
            return;
        }
        if (Phase is SingletonPhase.Younger or SingletonPhase.BecomingOldest)
            host.AwaitRemovalMargin(node);
        else
            _removed.Add(node);
        _oldest.Remove(node);
        if (Phase == SingletonPhase.WasOldest && !_selfExited && node.Equals(_newOldest))
            BeginHandOver(null);
        TakeChanges();
    }

    public void RemovalMarginPassed(UniqueAddress node)
    {
        _removed.Add(node);
        switch (Phase)
        {
            case SingletonPhase.Younger:
                _previous.Remove(node);
                break;
            case SingletonPhase.BecomingOldest when !host.IsClusterTerminated:
                if (_previous.Contains(node) && _previous.TrueForAll(_removed.Contains))
                    BecomeOldest();
                else
                    _previous.Remove(node);
                break;
        }
        TakeChanges();
    }

    /// <summary>The coordinated shutdown lets this node exit.</summary>
    public void SelfExiting()
    {
        _selfExited = true;
        if (Phase is not (SingletonPhase.Oldest or SingletonPhase.WasOldest or SingletonPhase.HandingOver))
            host.ReleaseExit();
        _oldest.Remove(host.Self);
        TakeChanges();
    }

    public void HandOverToMe(Address from)
    {
        switch (Phase)
        {
            case SingletonPhase.Younger when host.SelfStatus is not (MemberStatus.Leaving or MemberStatus.Exiting):
                // This node was restarted at its address quickly: what ran here before has stopped.
                host.Send(from, Singleton.HandOverDone.Instance);
                break;
            case SingletonPhase.Oldest or SingletonPhase.WasOldest:
                BeginHandOver(from);
                break;
            case SingletonPhase.HandingOver when from.Equals(_handOverTo):
                host.Send(from, Singleton.HandOverInProgress.Instance);
                break;
        }
        TakeChanges();
    }

    public void HandOverInProgress(Address from)
    {
        if (Phase == SingletonPhase.BecomingOldest)
            host.CancelTimer(SingletonTimer.HandOver);
    }

    public void HandOverDone(Address from)
    {
        if (Phase == SingletonPhase.BecomingOldest && _previous.Count > 0 && from.Equals(_previous[0].Address))
            BecomeOldest();
        TakeChanges();
    }

    public void TakeOverFromMe(Address from)
    {
        switch (Phase)
        {
            case SingletonPhase.Oldest:
                host.Send(from, Singleton.HandOverToMe.Instance);
                break;
            case SingletonPhase.BecomingOldest when host.MemberAt(from) is { } sender:
                if (_previous.Count == 0)
                    _previous.Add(sender);
                if (_previous[0].Equals(sender))
                    host.Send(from, Singleton.HandOverToMe.Instance);
                break;
        }
    }

    public void SingletonStopped()
    {
        _running = false;
        switch (Phase)
        {
            case SingletonPhase.HandingOver:
                FinishHandOver();
                break;
            case SingletonPhase.Stopping:
                host.StopManager();
                break;
        }
        TakeChanges();
    }

    public void Tick(SingletonTimer timer, int count)
    {
        switch (timer)
        {
            case SingletonTimer.HandOver when Phase == SingletonPhase.BecomingOldest:
                RetryHandOver(count);
                break;
            case SingletonTimer.TakeOver when Phase == SingletonPhase.WasOldest:
                RetryTakeOver(count);
                break;
        }
        TakeChanges();
    }

    public void ForgetRemoved() => _removed.Tick();

    private void TakeChanges()
    {
        while (Phase is SingletonPhase.Younger or SingletonPhase.Oldest && !host.IsClusterTerminated && _oldest.TryTake(out var change))
        {
            if (Phase == SingletonPhase.Younger)
                OldestChangedInYounger(change!);
            else
                OldestChangedInOldest(change!.Oldest);
        }
    }

    private void OldestChangedInYounger(OldestChange change)
    {
        if (host.Self.Equals(change.Oldest))
        {
            if (_previous.TrueForAll(_removed.Contains))
            {
                BecomeOldest();
                return;
            }
            if (change.Previous is { } previous && !_removed.Contains(previous))
                PutFirst(previous);
            host.Send(_previous[0].Address, Singleton.HandOverToMe.Instance);
            Enter(SingletonPhase.BecomingOldest);
        }
        else if (change.Oldest is { } oldest && !_previous.Contains(oldest))
        {
            _previous.Insert(0, oldest);
        }
    }

    private void OldestChangedInOldest(UniqueAddress? oldest)
    {
        if (host.Self.Equals(oldest))
            return;
        if (oldest is not null && !_selfExited && _removed.Contains(oldest))
        {
            // A member whose removal was seen is the oldest again. The safest is to stop and to become the oldest once more
            // when it is removed once more.
            BeginHandOver(null);
            return;
        }
        if (oldest is not null)
            host.Send(oldest.Address, Singleton.TakeOverFromMe.Instance);
        _newOldest = oldest;
        host.StartTimer(SingletonTimer.TakeOver, 1);
        Enter(SingletonPhase.WasOldest);
    }

    private void PutFirst(UniqueAddress node)
    {
        _previous.Remove(node);
        _previous.Insert(0, node);
    }

    private void RetryHandOver(int count)
    {
        if (count <= maxHandOverRetries)
        {
            if (_previous.Count > 0)
                host.Send(_previous[0].Address, Singleton.HandOverToMe.Instance);
            host.StartTimer(SingletonTimer.HandOver, count + 1);
        }
        else if (_previous.Count > 0 && _previous.TrueForAll(_removed.Contains))
        {
            BecomeOldest();
        }
        else if (host.IsClusterTerminated)
        {
            host.StopManager();
        }
        else
        {
            var previous = _previous.Count > 0 ? _previous[0].ToString() : "unknown";
            throw new ClusterSingletonManagerIsStuckException(
                $"This node cannot become the oldest: the previous oldest [{previous}] does not answer and is not removed");
        }
    }

    private void RetryTakeOver(int count)
    {
        if ((host.IsClusterTerminated || _selfExited) && (_newOldest is null || count > _maxTakeOverRetries))
        {
            if (_running)
                StopSingleton();
            else
                host.StopManager();
        }
        else if (count <= _maxTakeOverRetries)
        {
            if (_newOldest is not null)
                host.Send(_newOldest.Address, Singleton.TakeOverFromMe.Instance);
            host.StartTimer(SingletonTimer.TakeOver, count + 1);
        }
        else
        {
            throw new ClusterSingletonManagerIsStuckException($"The hand-over to [{_newOldest}] never took place");
        }
    }

    private void BecomeOldest()
    {
        _previous = [];
        if (!CanHost)
        {
            // The turn came while this node exits, and its exit may be released already: pass the turn on.
            _newOldest = null;
            host.StartTimer(SingletonTimer.TakeOver, 1);
            Enter(SingletonPhase.WasOldest);
            return;
        }
        _running = true;
        host.StartSingleton();
        Enter(SingletonPhase.Oldest);
    }

    private void BeginHandOver(Address? to)
    {
        _handOverTo = to;
        if (!_running)
        {
            FinishHandOver();
            return;
        }
        if (to is not null)
            host.Send(to, Singleton.HandOverInProgress.Instance);
        host.TerminateSingleton();
        Enter(SingletonPhase.HandingOver);
    }

    private void FinishHandOver()
    {
        if (_handOverTo is not null)
            host.Send(_handOverTo, Singleton.HandOverDone.Instance);
        host.ReleaseExit();
        if (_removed.Contains(host.Self))
        {
            host.StopManager();
            return;
        }
        _previous = [];
        Enter(_handOverTo is null ? SingletonPhase.Younger : SingletonPhase.End);
    }

    private void StopSingleton()
    {
        host.TerminateSingleton();
        Enter(SingletonPhase.Stopping);
    }

    private void Enter(SingletonPhase phase)
    {
        var from = Phase;
        Phase = phase;
        host.PhaseChanged(from, phase);
        if (from == SingletonPhase.BecomingOldest)
            host.CancelTimer(SingletonTimer.HandOver);
        if (from == SingletonPhase.WasOldest)
            host.CancelTimer(SingletonTimer.TakeOver);
        if (phase == SingletonPhase.BecomingOldest)
            host.StartTimer(SingletonTimer.HandOver, 1);
        if (phase is SingletonPhase.Younger or SingletonPhase.End && _removed.Contains(host.Self))
            host.StopManager();
    }
}
