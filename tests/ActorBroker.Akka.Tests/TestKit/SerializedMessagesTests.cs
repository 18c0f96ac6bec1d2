using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Akka.TestKit;
using Akka.TestKit.TestActors;

namespace ActorBroker.Akka.Tests.TestKit;

/// <summary>The test kit and persistence where every message goes through its serializer.</summary>
public class SerializedMessagesTests() : global::Akka.TestKit.Xunit2.TestKit("""
    akka {
      loglevel = ERROR
      stdout-loglevel = OFF
      actor {
        serialize-messages = on
        serializers.note = "ActorBroker.Akka.Tests.TestKit.NoteSerializer, ActorBroker.Akka.Tests"
        serialization-bindings { "ActorBroker.Akka.Tests.TestKit.Note, ActorBroker.Akka.Tests" = note }
      }
      persistence {
        journal.plugin = "akka.persistence.journal.inmem"
        snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
      }
    }
    """)
{
    [Fact]
    public void A_message_to_a_probe_arrives_as_an_equal_copy()
    {
        var (probe, written) = (CreateTestProbe(), NoteSerializer.Written);
        var note = new Note("a");
        Sys.ActorOf(ForwardActor.Props(probe.Ref)).Tell(note);
        Assert.NotSame(note, probe.ExpectMsg(note));
        Assert.True(NoteSerializer.Written > written);
        probe.Reply(new Note("b"));
        ExpectMsg(new Note("b"));
    }

    [Fact]
    public void What_the_test_kit_tells_its_actors_needs_no_serializer()
    {
        var probe = CreateTestProbe();
        var child = probe.ChildActorOf(BlackHoleActor.Props);
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell(message);
            return AutoPilot.KeepRunning;
        }));
        probe.IgnoreMessages(m => m is Note { Text: "ignored" });
        probe.Ref.Tell(new Note("ignored"));
        probe.Ref.Tell(new Note("seen"));
        probe.ExpectMsg(new Note("seen"));
        ExpectMsg(new Note("ignored"));
        ExpectMsg(new Note("seen"));
        Watch(child);
        child.Tell(PoisonPill.Instance);
        ExpectTerminated(child);
        EventFilter.Error("logged").ExpectOne(() => Sys.Log.Error("logged"));
    }

    [Fact]
    public void A_persistent_actor_recovers_persists_and_takes_snapshots()
    {
        var first = Sys.ActorOf(Props.Create(() => new Notes(TestActor)));
        first.Tell(new Note("one"));
        ExpectMsg(new Note("one"));
        first.Tell(new Note("save"));
        ExpectMsg(new Note("saved"));
        first.Tell(new Note("two"));
        ExpectMsg(new Note("two"));
        Watch(first);
        first.Tell(PoisonPill.Instance);
        ExpectTerminated(first);
        Sys.ActorOf(Props.Create(() => new Notes(TestActor)));
        ExpectMsg(new Note("from one"));
        ExpectMsg(new Note("again two"));
    }

    private sealed class Notes : ReceivePersistentActor
    {
        private Note? _last;

        public Notes(IActorRef probe)
        {
            Recover<SnapshotOffer>(o => probe.Tell(new Note("from " + ((Note)o.Snapshot).Text)));
            Recover<Note>(n => probe.Tell(new Note("again " + n.Text)));
            Command<SaveSnapshotSuccess>(_ => probe.Tell(new Note("saved")));
            Command<Note>(n => n.Text == "save", _ => SaveSnapshot(_last!));
            Command<Note>(n => Persist(n, e =>
            {
                _last = e;
                probe.Tell(e);
            }));
        }

        public override string PersistenceId => "notes";
    }
}
