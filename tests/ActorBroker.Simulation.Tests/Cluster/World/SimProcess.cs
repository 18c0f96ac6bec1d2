namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>
/// The life of one process: what it has scheduled ends with it, and waits while it is stopped by a signal. An incarnation is a life.
/// </summary>
internal sealed class SimProcess(int node, long incarnation)
{
    private readonly Queue<Action> _deferred = new();

    public int Node => node;

    public long Incarnation => incarnation;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    public void Kill()
    {
        IsAlive = false;
        _deferred.Clear();
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (IsAlive && !IsPaused && _deferred.TryDequeue(out var action)) action();
    }

    /// <summary>Runs it now, later, or never.</summary>
    public void Run(Action action)
    {
        if (!IsAlive) return;
        if (IsPaused) _deferred.Enqueue(action);
        else action();
    }
}
