using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Akka.Tests.Persistence;

public class RecoveryLimitTests() : PersistenceSpec("akka.persistence.max-concurrent-recoveries = 1")
{
    [Fact]
    public void An_actor_waits_until_a_recovery_before_it_has_ended()
    {
        var first = HoldPermit("a");
        var other = CreateTestProbe();
        Start(new RecorderSetup("b", other));
        other.ExpectMsg(new Seen("started"));
        other.ExpectNoMsg(100);
        first.Gate.Set();
        other.ExpectMsg(new Seen("recovered", 0L));
    }

    [Fact]
    public void A_recovery_that_ends_in_an_error_gives_its_permit_back()
    {
        var first = HoldPermit("a", fail: true);
        var other = CreateTestProbe();
        Start(new RecorderSetup("b", other));
        other.ExpectMsg(new Seen("started"));
        first.Gate.Set();
        other.ExpectMsg(new Seen("recovered", 0L));
    }

    [Fact]
    public void An_actor_that_stops_while_it_waits_gives_its_place_up()
    {
        var first = HoldPermit("a");
        var (second, third) = (CreateTestProbe(), CreateTestProbe());
        var waiting = Start(new RecorderSetup("b", second));
        second.ExpectMsg(new Seen("started"));
        Start(new RecorderSetup("c", third));
        third.ExpectMsg(new Seen("started"));
        Sys.Stop(waiting);
        second.ExpectMsg(new Seen("stopped"));
        first.Gate.Set();
        third.ExpectMsg(new Seen("recovered", 0L));
    }

    [Fact]
    public void Many_more_actors_than_permits_all_recover()
    {
        var probes = Enumerable.Range(0, 50).Select(_ => CreateTestProbe()).ToList();
        for (var i = 0; i < probes.Count; i++)
            Start(new RecorderSetup($"many-{i}", probes[i]));
        foreach (var probe in probes)
        {
            probe.ExpectMsg(new Seen("started"));
            probe.ExpectMsg(new Seen("recovered", 0L), TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Starts an actor whose recovery of one event lasts until the gate opens.</summary>
    private (IActorRef Actor, ManualResetEventSlim Gate) HoldPermit(string id, bool fail = false)
    {
        Given(id, "one");
        var (inRecovery, gate) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        var actor = Start(new RecorderSetup(id, Probe, OnRecover: (_, e) =>
        {
            if (e is not "one")
                return;
            inRecovery.Set();
            Assert.True(gate.Wait(TimeSpan.FromSeconds(20)));
            if (fail)
                throw new FormatException("cannot read");
        }));
        Assert.True(inRecovery.Wait(TimeSpan.FromSeconds(10)));
        return (actor, gate);
    }
}
