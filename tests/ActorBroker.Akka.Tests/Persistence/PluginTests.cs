using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit;

namespace ActorBroker.Akka.Tests.Persistence;

public class PluginTests() : PersistenceSpec("""
    akka.persistence.journal {
      auto-start-journals = ["akka.persistence.journal.scripted"]
      asynchronous {
        class = "ActorBroker.Akka.Tests.Persistence.AsynchronousJournal, ActorBroker.Akka.Tests"
        refused = "the refused"
      }
      guarded {
        class = "ActorBroker.Akka.Tests.Persistence.ScriptedJournal, ActorBroker.Akka.Tests"
        circuit-breaker {
          max-failures = 1
          call-timeout = 300ms
          reset-timeout = 1500ms
        }
      }
    }
    """)
{
    private const string Asynchronous = "akka.persistence.journal.asynchronous";
    private const string Guarded = "akka.persistence.journal.guarded";

    [Fact]
    public void A_plugin_may_take_its_settings()
    {
        var actor = Start(new RecorderSetup("a", Probe, Journal: Asynchronous));
        actor.Tell(new Do(a => a.Save("the refused")));
        Probe.FishForMessage<Seen>(s => s.What == "persist failed" && s.Detail!.Equals("the refused is refused"));
    }

    [Fact]
    public void An_actor_with_an_unknown_plugin_stops()
    {
        EventFilter.Exception<ActorInitializationException>().And.Exception<ArgumentException>().Mute(() =>
        {
            var actor = Start(new RecorderSetup("a", Probe, Journal: "no.such.journal"));
            Watch(actor);
            ExpectTerminated(actor);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Answers_keep_their_order_when_the_journal_completes_elsewhere(int seed)
    {
        const int actors = 8, events = 300;
        var random = new Random(seed);
        var probes = Enumerable.Range(0, actors).Select(_ => CreateTestProbe()).ToArray();
        var refs = probes.Select((p, i) => Start(new RecorderSetup($"ordered-{seed}-{i}", p, Journal: Asynchronous))).ToArray();
        for (var e = 0; e < events; e++)
        {
            foreach (var actor in refs)
            {
                var (number, kind) = (e, random.Next(3));
                actor.Tell(new Do(a =>
                {
                    if (kind == 0)
                        a.Save(number);
                    else if (kind == 1)
                        a.SaveAsync(number);
                    else
                        a.DeferAsync(number, n => a.Report(new Seen("persisted", n)));
                }));
            }
        }
        foreach (var probe in probes)
        {
            var numbers = probe.ReceiveN(events + 2, TimeSpan.FromSeconds(20)).Cast<Seen>().Where(s => s.What == "persisted");
            Assert.Equal(Enumerable.Range(0, events), numbers.Select(s => (int)s.Detail!));
        }
    }

    [Fact]
    public void A_write_that_takes_too_long_has_failed()
    {
        var actor = Start(new RecorderSetup("a", Probe, Journal: Guarded));
        Watch(actor);
        actor.Tell(new Do(a => a.Save(new Scripted("write", new TaskCompletionSource()))));
        Probe.FishForMessage<Seen>(s => s.What == "persist failed");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_journal_that_fails_is_left_alone_for_a_while()
    {
        var failing = Start(new RecorderSetup("a", Probe, Journal: Guarded));
        Watch(failing);
        failing.Tell(new Do(a => a.Save(new Scripted("fail"))));
        Probe.FishForMessage<Seen>(s => s.What == "persist failed");
        ExpectTerminated(failing);
        var refused = CreateTestProbe();
        Start(new RecorderSetup("b", refused, Journal: Guarded));
        refused.FishForMessage<Seen>(s => s.What == "recovery failed");
        AwaitAssert(
            () =>
            {
                var later = CreateTestProbe();
                Start(new RecorderSetup("b", later, Journal: Guarded));
                later.ExpectMsg(new Seen("started"));
                later.ExpectMsg(new Seen("recovered", 0L));
            },
            TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void The_extension_gives_the_same_plugin_for_the_same_path()
    {
        var extension = global::Akka.Persistence.Persistence.Instance.Apply(Sys);
        Assert.Equal(extension.JournalFor(""), extension.JournalFor("akka.persistence.journal.scripted"));
        Assert.NotEqual(extension.JournalFor(""), extension.JournalFor(Asynchronous));
        Assert.Equal(extension.SnapshotStoreFor(""), extension.SnapshotStoreFor("akka.persistence.snapshot-store.inmem"));
        Assert.Equal("/user/x", extension.PersistenceId(Sys.ActorOf(Props.Create(() => new Nothing()), "x")));
    }

    private sealed class Nothing : ReceiveActor;
}
