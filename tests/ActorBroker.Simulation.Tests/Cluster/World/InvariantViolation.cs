namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>An invariant does not hold; the message says which, in which seed, and what happened last.</summary>
internal sealed class InvariantViolation(ulong seed, string invariant, string text, string tail)
    : Exception($"SEED={seed} {invariant}: {text}\n{tail}")
{
    public ulong Seed => seed;

    public string Invariant => invariant;

    public string Text => text;
}
