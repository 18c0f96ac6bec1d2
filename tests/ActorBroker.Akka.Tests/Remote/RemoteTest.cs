using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

/// <summary>Actor systems that talk to each other over loopback, quiet, ended after the test.</summary>
public abstract class RemoteTest : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected const string Base = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = remote
          remote {
            retry-gate-closed-for = 500ms
            resend-interval = 300ms
            watch-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s, unreachable-nodes-reaper-interval = 100ms,
              expected-response-after = 100ms }
            dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          }
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate().WaitAsync(Patience);
    }

    protected static Task Until(Func<bool> condition) => Eventually.True(condition, Patience);

    protected ActorSystem NewSystem(string name, string config = "")
    {
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.ParseString(Base)));
        _systems.Add(system);
        return system;
    }

    /// <summary>The same name at the same address, as after a restart of its process.</summary>
    protected ActorSystem NewSystemAt(Address address, string config = "") =>
        NewSystem(address.System, $"akka.remote.dot-netty.tcp.port = {address.Port}\n{config}");

    protected static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>The actor of one system as another one refers to it.</summary>
    protected static IActorRef Seen(ActorSystem by, IActorRef actor, ActorSystem on) => ((ExtendedActorSystem)by).Provider.ResolveActorRef(
        actor.Path.ToSerializationFormatWithAddress(AddressOf(on)));

    protected static IActorRef Start(ActorSystem on, Action<IActorContext, object> receive, string? name = null) =>
        on.ActorOf(FunctionActor.Props(receive), name);

    protected static IActorRef Echo(ActorSystem on, string? name = null) =>
        Start(on, static (context, message) => context.Sender.Tell(message, context.Self), name);

    protected static Probe Listen<T>(ActorSystem on)
    {
        var probe = new Probe(on);
        on.EventStream.Subscribe(probe.Ref, typeof(T));
        return probe;
    }

    private protected static RemoteActorRefProvider ProviderOf(ActorSystem system) =>
        (RemoteActorRefProvider)((ExtendedActorSystem)system).Provider;

    private protected static global::Akka.Remote.Transport.Association Association(ActorSystem from, ActorSystem to) =>
        ProviderOf(from).Transport.AssociationWith(AddressOf(to))!;
}
