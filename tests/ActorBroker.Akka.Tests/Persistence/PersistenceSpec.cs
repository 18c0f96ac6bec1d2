using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit;

namespace ActorBroker.Akka.Tests.Persistence;

/// <summary>An actor system with the scripted journal, and what the persistence tests have in common.</summary>
public abstract class PersistenceSpec : global::Akka.TestKit.Xunit2.TestKit
{
    private const string Settings = """
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          persistence {
            journal {
              plugin = "akka.persistence.journal.scripted"
              scripted {
                class = "ActorBroker.Akka.Tests.Persistence.ScriptedJournal, ActorBroker.Akka.Tests"
              }
              hurried {
                class = "ActorBroker.Akka.Tests.Persistence.ScriptedJournal, ActorBroker.Akka.Tests"
                recovery-event-timeout = 200ms
              }
            }
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
          }
        }
        """;

    private int _names;

    protected PersistenceSpec(string settings = "")
        : base(ConfigurationFactory.ParseString(settings).SafeWithFallback(ConfigurationFactory.ParseString(Settings)))
    {
        Probe = CreateTestProbe();
    }

    protected TestProbe Probe { get; }

    protected IActorRef Start(RecorderSetup setup) => Sys.ActorOf(Props.Create(() => new Recorder(setup)), $"recorder-{_names++}");

    protected IActorRef Start(string id) => Start(new RecorderSetup(id, Probe));

    /// <summary>Starts a recorder and takes its reports up to the first command.</summary>
    protected IActorRef StartFresh(string id)
    {
        var actor = Start(id);
        ExpectSeen("started");
        ExpectSeen("recovered", 0L);
        return actor;
    }

    /// <summary>Starts a recorder that persists the events, and stops it.</summary>
    protected void Given(string id, params object[] events)
    {
        var actor = StartFresh(id);
        foreach (var e in events)
        {
            actor.Tell(new Do(a => a.Save(e)));
            ExpectSeen("persisted", e);
        }
        Stop(actor);
    }

    protected void Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        ExpectSeen("stopped");
    }

    protected void ExpectSeen(string what, object? detail = null) => Probe.ExpectMsg(new Seen(what, detail));
}
