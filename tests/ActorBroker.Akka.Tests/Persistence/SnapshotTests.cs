using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Akka.Tests.Persistence;

public class SnapshotTests : PersistenceSpec
{
    private const string NoStore = "akka.persistence.no-snapshot-store";

    [Fact]
    public void Recovery_starts_from_the_newest_snapshot_and_replays_what_came_after_it()
    {
        GivenSnapshots("a");
        Start("a");
        ExpectSeen("started");
        ExpectSeen("snapshot", "state at 2");
        ExpectSeen("replayed", "three");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void Recovery_may_take_an_older_snapshot()
    {
        GivenSnapshots("a");
        Start(new RecorderSetup("a", Probe, new Recovery(new SnapshotSelectionCriteria(1))));
        ExpectSeen("started");
        ExpectSeen("snapshot", "state at 1");
        ExpectSeen("replayed", "two");
        ExpectSeen("replayed", "three");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void Recovery_may_take_no_snapshot()
    {
        GivenSnapshots("a");
        Start(new RecorderSetup("a", Probe, new Recovery(SnapshotSelectionCriteria.None)));
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
    }

    [Fact]
    public void No_snapshot_past_the_last_sequence_number_to_recover_is_taken()
    {
        GivenSnapshots("a");
        Start(new RecorderSetup("a", Probe, new Recovery(SnapshotSelectionCriteria.Latest, 1)));
        ExpectSeen("started");
        ExpectSeen("snapshot", "state at 1");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void A_deleted_snapshot_is_not_offered()
    {
        var actor = GivenSnapshots("a", stop: false);
        actor.Tell(new Do(a => a.DeleteSnapshot(2)));
        Probe.ExpectMsg<Seen>(s => s.Detail is DeleteSnapshotSuccess { Metadata.SequenceNr: 2 });
        Stop(actor);
        actor = Start("a");
        ExpectSeen("started");
        ExpectSeen("snapshot", "state at 1");
        Probe.FishForMessage<Seen>(s => s.What == "recovered");
        actor.Tell(new Do(a => a.DeleteSnapshots(SnapshotSelectionCriteria.Latest)));
        Probe.ExpectMsg<Seen>(s => s.Detail is DeleteSnapshotsSuccess);
        Stop(actor);
        Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
    }

    [Fact]
    public void Without_a_snapshot_store_saving_fails_and_recovery_goes_on()
    {
        var actor = Start(new RecorderSetup("a", Probe, Snapshots: NoStore));
        ExpectSeen("started");
        ExpectSeen("recovered", 0L);
        actor.Tell(new Do(a => a.SaveSnapshot("state")));
        Probe.ExpectMsg<Seen>(s => s.Detail is SaveSnapshotFailure { Metadata.SequenceNr: 0 });
    }

    private IActorRef GivenSnapshots(string id, bool stop = true)
    {
        var actor = StartFresh(id);
        for (var i = 0; i < 3; i++)
        {
            var (number, e) = (i + 1, ((string[])["one", "two", "three"])[i]);
            actor.Tell(new Do(a => a.Save(e)));
            ExpectSeen("persisted", e);
            if (number == 3)
                continue;
            actor.Tell(new Do(a => a.SaveSnapshot($"state at {number}")));
            Probe.ExpectMsg<Seen>(s => s.Detail is SaveSnapshotSuccess success && success.Metadata.SequenceNr == number
                && success.Metadata.PersistenceId == id);
        }
        if (stop)
            Stop(actor);
        return actor;
    }
}
