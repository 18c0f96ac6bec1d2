using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Akka.Tests.Persistence;

public class RecoveryTests : PersistenceSpec
{
    [Fact]
    public void Events_are_replayed_in_their_order_before_recovery_completes()
    {
        Given("a", "one", "two", "three");
        Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("replayed", "two");
        ExpectSeen("replayed", "three");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void Commands_wait_for_the_end_of_recovery_and_keep_their_order()
    {
        Given("a", "one");
        var actor = Start("a");
        foreach (var command in (string[])["x", "y", "z"])
            actor.Tell(command);
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("recovered", 1L);
        ExpectSeen("command", "x");
        ExpectSeen("command", "y");
        ExpectSeen("command", "z");
    }

    [Fact]
    public void Sequence_numbers_go_on_after_recovery()
    {
        Given("a", "one", "two");
        var actor = Start("a");
        Probe.FishForMessage<Seen>(s => s.What == "recovered");
        actor.Tell(new Do(a => a.Persist("three", _ => a.Report(new Seen("at", a.LastSequenceNr)))));
        ExpectSeen("at", 3L);
    }

    [Fact]
    public void Each_actor_sees_its_own_events_only()
    {
        Given("a", "of a");
        Given("b", "of b");
        Start("b");
        ExpectSeen("started");
        ExpectSeen("replayed", "of b");
        ExpectSeen("recovered", 1L);
    }

    [Fact]
    public void Recovery_may_end_at_a_sequence_number()
    {
        Given("a", "one", "two", "three");
        Start(new RecorderSetup("a", Probe, new Recovery(SnapshotSelectionCriteria.Latest, 2)));
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("replayed", "two");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void Recovery_may_replay_a_number_of_events_only()
    {
        Given("a", "one", "two", "three");
        Start(new RecorderSetup("a", Probe, new Recovery(SnapshotSelectionCriteria.Latest, long.MaxValue, 1)));
        ExpectSeen("started");
        ExpectSeen("replayed", "one");
        ExpectSeen("recovered", 3L);
    }

    [Fact]
    public void Without_recovery_the_sequence_number_is_known_all_the_same()
    {
        Given("a", "one", "two");
        Start(new RecorderSetup("a", Probe, Recovery.None));
        ExpectSeen("started");
        ExpectSeen("recovered", 2L);
    }

    [Fact]
    public void An_exception_of_a_recovery_handler_stops_the_actor()
    {
        Given("a", "one", "two");
        var actor = Start(new RecorderSetup("a", Probe, OnRecover: (self, e) =>
        {
            if (e is "one")
                throw new FormatException("cannot read");
        }));
        Watch(actor);
        ExpectSeen("started");
        Probe.ExpectMsg<Seen>(s => s is { What: "recovery failed", Detail: FormatException });
        ExpectSeen("stopped");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_replay_that_fails_stops_the_actor()
    {
        var actor = Start(ScriptedJournal.ReplayFails);
        Watch(actor);
        ExpectSeen("started");
        Probe.ExpectMsg<Seen>(s => s is { What: "recovery failed", Detail: IOException });
        ExpectSeen("stopped");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_replay_that_stalls_stops_the_actor()
    {
        var other = Start(new RecorderSetup(ScriptedJournal.ReplayHangs, Probe, Journal: "akka.persistence.journal.hurried"));
        ExpectSeen("started");
        ExpectSeen("recovered", 0L);
        other.Tell(new Do(a => a.Save("one")));
        ExpectSeen("persisted", "one");
        Stop(other);
        var actor = Start(new RecorderSetup(ScriptedJournal.ReplayHangs, Probe, Journal: "akka.persistence.journal.hurried"));
        Watch(actor);
        ExpectSeen("started");
        Probe.FishForMessage<Seen>(s => s is { What: "recovery failed", Detail: RecoveryTimedOutException });
        ExpectSeen("stopped");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Nothing_can_be_persisted_during_the_replay()
    {
        Given("a", "one");
        Exception? thrown = null;
        Start(new RecorderSetup("a", Probe, OnRecover: (self, e) =>
        {
            if (e is "one")
                thrown = Record.Exception(() => self.Save("two"));
        }));
        Probe.FishForMessage<Seen>(s => s.What == "recovered");
        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void A_handler_of_recovery_completed_may_persist()
    {
        var persisting = Start(new RecorderSetup("a", Probe, OnRecover: (self, e) =>
        {
            if (e is RecoveryCompleted)
                self.Save("first");
        }));
        persisting.Tell("command");
        ExpectSeen("started");
        ExpectSeen("recovered", 0L);
        ExpectSeen("persisted", "first");
        ExpectSeen("command", "command");
    }

    [Fact]
    public void An_event_that_a_stale_writer_added_is_discarded()
    {
        var journal = global::Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor("");
        var reader = CreateTestProbe();
        IPersistentEnvelope Event(long sequenceNr, string writer, string payload) =>
            new AtomicWrite(new Persistent(payload, sequenceNr, "a", null, false, null, writer, 0));
        journal.Tell(new WriteMessages(
            [Event(1, "old", "1 of old"), Event(2, "old", "2 of old"), Event(2, "new", "2 of new"), Event(3, "old", "3 of old"),
                Event(3, "new", "3 of new")],
            reader.Ref, 1), reader.Ref);
        reader.ExpectMsg<WriteMessagesSuccessful>();
        reader.ReceiveN(5);
        Start("a");
        ExpectSeen("started");
        ExpectSeen("replayed", "1 of old");
        ExpectSeen("replayed", "2 of new");
        ExpectSeen("replayed", "3 of new");
        ExpectSeen("recovered", 3L);
    }
}
