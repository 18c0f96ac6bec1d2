using ActorBroker.Core.Partitions.Replication;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class CatchUpPaceTests
{
    private const int Read = 100_000;
    private const long Pace = 10_000_000;

    [Fact]
    public void While_clients_are_served_it_keeps_the_pace()
    {
        // 50 KB a second come in: the fixed pace is more.
        Assert.InRange(BytesPerSecond(seconds: 10, producedPerMs: 50), 0.95 * Pace, 1.05 * Pace);
    }

    [Fact]
    public void It_is_twice_as_fast_as_what_comes_in_for_a_replica_has_to_get_there()
    {
        // In the first half second nothing is known of what comes in.
        Assert.InRange(BytesPerSecond(seconds: 20, producedPerMs: 20_000), 38_000_000, 41_000_000);
    }

    [Fact]
    public void Consumers_alone_make_it_keep_the_pace_too()
    {
        var pace = new CatchUpPace(Pace);
        long served = 0, waited = 0;
        for (var now = 0L; now < 5000; now += 100) waited += pace.Take(20 * Read, now, 0, served += 10);
        Assert.True(waited > 0, "nobody waited although consumers were served");
    }

    [Fact]
    public void A_node_that_serves_nobody_does_not_hold_back()
    {
        var pace = new CatchUpPace(Pace);
        for (var now = 0L; now <= CatchUpPace.WindowMs; now += 100) pace.Take(Read, now, 7, 7);
        for (var i = 0; i < 10_000; i++) Assert.Equal(0, pace.Take(Read, 900, 7, 7));
        // Somebody comes: from the next look on there is a pace again.
        pace.Take(Read, 2000, 8, 7);
        Assert.Contains(Enumerable.Range(0, 10), _ => pace.Take(Read, 2000, 8, 7) > 0);
    }

    [Fact]
    public void Nobody_waits_longer_than_a_second()
    {
        var pace = new CatchUpPace(1);
        for (var i = 0; i < 20; i++) Assert.InRange(pace.Take(Read, i, i, i), 0, 1000);
    }

    [Fact]
    public void Without_a_pace_nobody_waits()
    {
        var pace = new CatchUpPace(0);
        for (var now = 0L; now < 10_000; now += 100) Assert.Equal(0, pace.Take(100 * Read, now, now, now));
    }

    /// <summary>What a reader that waits as it is told reads.</summary>
    private static double BytesPerSecond(int seconds, int producedPerMs)
    {
        var pace = new CatchUpPace(Pace);
        double read = 0;
        for (var now = 0L; now < seconds * 1000;)
        {
            now += pace.Take(Read, now, now * producedPerMs, 0);
            read += Read;
        }

        return read / seconds;
    }
}
