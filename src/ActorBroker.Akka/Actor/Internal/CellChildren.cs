namespace Akka.Actor;

/// <summary>Why a parent waits for its dying children.</summary>
internal enum WaitReason
{
    /// <summary>It does not: it stopped them in the course of its work.</summary>
    None,
    Creation,
    Recreation,
    Termination,
}

/// <summary>
/// The children of one actor. Locked, because guardians get children from any thread and path lookups read from any thread;
/// an ordinary actor's lock is never contended. While stopped children have not ended yet they are in the dying set, and
/// the last of them to end completes what the parent waits for.
/// </summary>
internal sealed class CellChildren
{
    private readonly Dictionary<string, ChildStats> _byName = new(1);
    private HashSet<IActorRef>? _dying;
    private WaitReason _reason;
    private Exception? _cause;
    private long _nextName;
    private bool _closed;

    public WaitReason Reason
    {
        get
        {
            lock (_byName)
                return _dying is null ? WaitReason.None : _reason;
        }
    }

    public string NextName()
    {
        lock (_byName)
            return ChildNames.Generated(_nextName++);
    }

    public bool IsClosed
    {
        get
        {
            lock (_byName)
                return _closed;
        }
    }

    /// <summary>No child can be added any more.</summary>
    public void Close()
    {
        lock (_byName)
            _closed = true;
    }

    public void Reserve(string name)
    {
        lock (_byName)
        {
            if (_closed)
                throw new InvalidOperationException("Cannot create child while terminating or terminated");
            if (!_byName.TryAdd(name, new ChildStats()))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
        }
    }

    public void Unreserve(string name)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(name, out var stats) && stats.Ref is null)
                _byName.Remove(name);
        }
    }

    public void Init(string name, IInternalActorRef child)
    {
        lock (_byName)
            _byName[name].Ref = child;
    }

    public ChildStats? Find(IActorRef child)
    {
        lock (_byName)
            return _byName.TryGetValue(child.Path.Name, out var stats) && stats.Ref is not null && stats.Ref.Equals(child) ? stats : null;
    }

    public IInternalActorRef? Find(string name)
    {
        lock (_byName)
            return _byName.TryGetValue(name, out var stats) ? stats.Ref : null;
    }

    public ChildStats[] Snapshot()
    {
        lock (_byName)
            return _byName.Values.Where(s => s.Ref is not null).ToArray();
    }

    /// <summary>The child is about to be stopped.</summary>
    public void WillDie(IActorRef child)
    {
        lock (_byName)
        {
            if (!_byName.TryGetValue(child.Path.Name, out var stats) || stats.Ref is null || !stats.Ref.Equals(child))
                return;
            if (_dying is null)
            {
                _dying = [];
                _reason = WaitReason.None;
            }
            _dying.Add(child);
        }
    }

    /// <summary>False when there is nothing to wait for.</summary>
    public bool WaitFor(WaitReason reason, Exception? cause = null)
    {
        lock (_byName)
        {
            if (_dying is null)
                return false;
            _reason = reason;
            _cause = cause;
            return true;
        }
    }

    /// <summary>Forgets a child that has ended; says what can be completed now.</summary>
    public (WaitReason Done, Exception? Cause) Remove(IActorRef child)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(child.Path.Name, out var stats) && stats.Ref is not null && stats.Ref.Equals(child))
                _byName.Remove(child.Path.Name);
            if (_dying is null || !_dying.Remove(child) || _dying.Count > 0)
                return (WaitReason.None, null);
            _dying = null;
            return (_reason, _cause);
        }
    }
}
