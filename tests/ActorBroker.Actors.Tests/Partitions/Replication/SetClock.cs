namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>A wall clock that somebody sets; the monotonic one goes on as it does.</summary>
internal sealed class SetClock : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public void Set(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}
