using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Akka.TestKit.Internal;

/// <summary>Starts the actor system of a test, over the test kit's reference configuration.</summary>
internal static class TestSystem
{
    public static readonly Config Reference =
        ConfigurationFactory.FromResource<TestKitBase>("Akka.TestKit.Internal.Reference.conf");

    public static readonly Config FullDebug = ConfigurationFactory.ParseString("""
        akka {
          loglevel = DEBUG
          stdout-loglevel = DEBUG
          log-dead-letters = on
          log-dead-letters-during-shutdown = on
          actor.debug { receive = on, autoreceive = on, lifecycle = on, event-stream = on, unhandled = on }
        }
        """);

    public static ActorSystemSetup Setup(Config config) =>
        ActorSystemSetup.Empty.WithSetup(BootstrapSetup.Create().WithConfig(config));

    public static ActorSystem Start(ActorSystem? given, ActorSystemSetup setup, string? name)
    {
        if (given is not null)
            given.Settings.InjectTopLevelFallback(Reference);
        var system = given ?? ActorSystem.Create(name ?? "test", WithReference(setup));
        CallingThreadDispatcher.RegisterIn(system);
        system.RegisterExtension(new TestKitExtension());
        return system;
    }

    public static IActorRef StartTestActor(ActorSystem system, ReceivedMessages queue, string name) =>
        ((ExtendedActorSystem)system).SystemActorOf(
            Props.Create(() => new InternalTestActor(queue)).WithDispatcher("akka.test.test-actor.dispatcher"), name);

    private static ActorSystemSetup WithReference(ActorSystemSetup setup)
    {
        var given = setup.Get<BootstrapSetup>();
        var bootstrap = given.HasValue ? given.Value : BootstrapSetup.Create();
        var config = bootstrap.Config.HasValue ? bootstrap.Config.Value.SafeWithFallback(Reference) : Reference;
        return setup.WithSetup(bootstrap.WithConfig(config));
    }
}
