using ActorBroker.Akka.Tests.Actor.Support;
using Akka;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class SystemTests : ActorTest
{
    [Fact]
    public async Task Terminate_ends_all_actors_and_completes()
    {
        var ended = new TaskCompletionSource();
        System.ActorOf(FunctionActor.Props((_, _) => { }, null, h =>
        {
            if (h == "PostStop")
                ended.TrySetResult();
        }));
        Assert.False(System.WhenTerminated.IsCompleted);
        await System.Terminate().WaitAsync(Patience);
        Assert.True(ended.Task.IsCompleted);
        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Callbacks_on_termination_run_last_registered_first()
    {
        var order = new List<int>();
        System.RegisterOnTermination(() => order.Add(1));
        System.RegisterOnTermination(() => order.Add(2));
        await System.Terminate().WaitAsync(Patience);
        Assert.Equal([2, 1], order);
    }

    [Fact]
    public async Task System_actors_end_after_the_users()
    {
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        ((ExtendedActorSystem)System).SystemActorOf(FunctionActor.Props((_, _) => { }, null, h => order.Enqueue($"system {h}")), "late");
        System.ActorOf(FunctionActor.Props((_, _) => { }, null, h => order.Enqueue($"user {h}")));
        await System.Terminate().WaitAsync(Patience);
        Assert.Equal(["user PostStop", "system PostStop"], order.Where(h => h.EndsWith("PostStop", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_name_must_be_plain() => Assert.ThrowsAny<ArgumentException>(() => ActorSystem.Create("a b"));

    [Fact]
    public async Task Configuration_comes_by_setup_too()
    {
        var config = ConfigurationFactory.ParseString("answer = 42, akka.loglevel = OFF, akka.stdout-loglevel = OFF");
        var setup = BootstrapSetup.Create().WithConfig(config).WithActorRefProvider(ProviderSelection.Local.Instance);
        using var other = ActorSystem.Create("other", setup);
        Assert.Equal(42, other.Settings.Config.GetInt("answer", 0));
        Assert.Equal("akka://other", other.ToString());
        await other.Terminate().WaitAsync(Patience);
    }

    [Fact]
    public void An_extension_is_made_once()
    {
        Assert.False(System.HasExtension<Meter>());
        var meter = new MeterProvider().Apply(System);
        Assert.Same(meter, new MeterProvider().Get(System));
        Assert.Same(meter, System.WithExtension<Meter, MeterProvider>());
        Assert.Same(meter, System.GetExtension<Meter>());
        Assert.True(System.TryGetExtension<Meter>(out var found));
        Assert.Same(meter, found);
    }

    [Fact]
    public void Actors_from_several_threads_get_on()
    {
        Parallel.For(0, 500, i => System.ActorOf(FunctionActor.Props((_, _) => { }), $"n{i}"));
        Assert.Throws<InvalidActorNameException>(() => System.ActorOf(FunctionActor.Props((_, _) => { }), "n1"));
    }

    [Fact]
    public async Task An_escalation_to_the_root_ends_the_system()
    {
        var config = ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF, "
            + "akka.actor.guardian-supervisor-strategy = \"ActorBroker.Akka.Tests.Actor.SystemTests+Escalating, ActorBroker.Akka.Tests\"");
        var other = ActorSystem.Create("other", config);
        other.ActorOf(FunctionActor.Props((_, _) => throw new InvalidOperationException("too bad"))).Tell("crash");
        await other.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public async Task Dead_systems_refuse_nothing_they_only_drop()
    {
        var actor = Start((_, _) => { });
        await System.Terminate().WaitAsync(Patience);
        actor.Tell("nobody hears");
        Assert.True(System.WhenTerminated.IsCompleted);
    }

    public sealed class Meter : IExtension;

    public sealed class MeterProvider : ExtensionIdProvider<Meter>
    {
        public override Meter CreateExtension(ExtendedActorSystem system) => new();
    }

    public sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }
}
