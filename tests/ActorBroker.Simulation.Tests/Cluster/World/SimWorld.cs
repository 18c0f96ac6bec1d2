using System.Globalization;

namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>
/// Time, chance, the network and the trace of one run. Everything happens in one thread, in the order of one queue, drawn from one seed: a
/// seed is a schedule. Time is milliseconds of a clock that never jumps; what nodes think the time of day is, is theirs.
/// </summary>
internal sealed class SimWorld
{
    public const int FirstClient = 16;
    public const int Places = 40;

    private readonly EventQueue _events = new();

    public SimWorld(ulong seed, Mutation mutation, Action<string>? writer = null)
    {
        Seed = seed;
        Mutation = mutation;
        Trace = new Trace(writer);
        Random = new SimRandom(seed);
        Network = new SimNetwork(this, Random.Fork(), Places);
    }

    public ulong Seed { get; }

    /// <summary>The bug that is planted in this run.</summary>
    public Mutation Mutation { get; }

    public SimRandom Random { get; }

    public SimNetwork Network { get; }

    public Trace Trace { get; }

    public long NowMs { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Called after every step.</summary>
    public Action? AfterStep { get; set; }

    public bool Has(Mutation mutation) => Mutation == mutation;

    public void After(long ms, Action action) => _events.Add(NowMs + ms, null, action);

    /// <summary>For a process: it does not happen once that has ended.</summary>
    public void After(long ms, SimProcess owner, Action action) => _events.Add(NowMs + ms, owner, action);

    public void Note(int node, string what, long a = 0, long b = 0, long c = 0, string? detail = null) =>
        Trace.Note(NowMs, node, what, a, b, c, detail);

    /// <summary>Lets things happen until the time has come, or until <paramref name="isDone"/>.</summary>
    public bool RunUntil(long atMs, Func<bool>? isDone = null)
    {
        while (_events.NextAtMs is var due && due <= atMs)
        {
            if (isDone is not null && isDone()) return true;
            var (owner, action) = _events.Take();
            NowMs = due;
            Steps++;
            if (owner is null) action();
            else owner.Run(action);
            AfterStep?.Invoke();
        }
        NowMs = Math.Max(NowMs, atMs);
        return isDone is not null && isDone();
    }

    public void Violate(string invariant, string text) =>
        throw new InvariantViolation(Seed, invariant, string.Create(CultureInfo.InvariantCulture, $"at {NowMs} ms: {text}"), Trace.Tail(60));
}
