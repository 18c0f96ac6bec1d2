using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Akka.Tests.Actor.Support;

/// <summary>An actor system per test, quiet, ended after it.</summary>
public abstract class ActorTest : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Quiet = "akka { loglevel = OFF, stdout-loglevel = OFF }";

    protected ActorTest(string config = "") => System =
        ActorSystem.Create("test", ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.ParseString(Quiet)));

    protected ActorSystem System { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => System.Terminate().WaitAsync(Patience);

    protected Probe NewProbe() => new(System);

    /// <summary>An actor of one function for all messages.</summary>
    protected IActorRef Start(Action<IActorContext, object> receive, string? name = null) =>
        System.ActorOf(FunctionActor.Props(receive), name);

    protected static Task Until(Func<bool> condition) => Eventually.True(condition, Patience);
}
