using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class LifecycleTests : ActorTest
{
    [Fact]
    public async Task An_actor_starts_before_its_first_message_and_ends_after_its_last()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props((_, m) => probe.Ref.Tell(m), null, h => probe.Ref.Tell(h)));
        actor.Tell("one");
        actor.Tell("two");
        actor.Tell(PoisonPill.Instance);
        await probe.ExpectAll("PreStart", "one", "two", "PostStop");
    }

    [Fact]
    public async Task What_comes_after_the_poison_pill_is_a_dead_letter()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        var actor = Start((_, _) => { });
        actor.Tell(PoisonPill.Instance);
        actor.Tell("late", probe.Ref);
        var letter = await probe.Expect<DeadLetter>();
        Assert.Equal("late", letter.Message);
        Assert.Equal(actor, letter.Recipient);
        Assert.Equal(probe.Ref, letter.Sender);
    }

    [Fact]
    public async Task A_message_to_an_actor_that_has_ended_is_a_dead_letter()
    {
        var probe = NewProbe();
        var actor = Start((_, _) => { });
        Assert.True(await actor.GracefulStop(Patience));
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        actor.Tell("late");
        Assert.Equal("late", (await probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Stop_lets_the_current_message_finish_and_drops_the_rest()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        var actor = Start((context, m) =>
        {
            context.Stop(context.Self);
            probe.Ref.Tell($"done {m}");
        });
        actor.Tell(1);
        actor.Tell(2);
        var first = await probe.Next();
        Assert.Equal("done 1", first);
        Assert.Equal(2, (await probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Children_end_before_their_parent()
    {
        var probe = NewProbe();
        var parent = System.ActorOf(FunctionActor.Props(
            (context, m) => context.Stop(context.Self),
            context =>
            {
                context.ActorOf(FunctionActor.Props((_, _) => { }, null, h => probe.Ref.Tell($"child {h}")), "a");
            },
            h => probe.Ref.Tell($"parent {h}")));
        Assert.Equal("parent PreStart", await probe.Next());
        Assert.Equal("child PreStart", await probe.Next());
        parent.Tell("stop");
        await probe.ExpectAll("child PostStop", "parent PostStop");
    }

    [Fact]
    public async Task A_constructor_that_throws_ends_the_actor()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Stillborn()));
        await probe.Watch(actor);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task A_PreStart_that_throws_ends_the_actor()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props((_, _) => { }, _ => throw new InvalidOperationException("not today")));
        await probe.Watch(actor);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Kill_ends_the_actor_by_the_default_decision()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props((_, _) => { }, null, h => probe.Ref.Tell(h)));
        await probe.Expect("PreStart");
        actor.Tell(Kill.Instance);
        await probe.Expect("PostStop");
    }

    [Fact]
    public async Task GracefulStop_reports_an_actor_that_does_not_end()
    {
        var release = new TaskCompletionSource();
        var actor = Start((_, _) => release.Task.Wait());
        actor.Tell("block");
        Assert.False(await actor.GracefulStop(TimeSpan.FromMilliseconds(50)));
        release.SetResult();
        Assert.True(await actor.GracefulStop(Patience));
    }

    [Fact]
    public async Task GracefulStop_sends_the_message_that_it_is_given()
    {
        var actor = Start((context, m) =>
        {
            if (m is "enough")
                context.Stop(context.Self);
        });
        Assert.True(await actor.GracefulStop(Patience, "enough"));
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        Start((_, _) => { }, "one");
        Assert.Throws<InvalidActorNameException>(() => Start((_, _) => { }, "one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("%zz")]
    public void A_name_that_is_not_allowed_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Start((_, _) => { }, name));

    [Theory]
    [InlineData("topic-1.2_3")]
    [InlineData("a%20b")]
    [InlineData("x:0")]
    public void Letters_digits_and_some_symbols_are_allowed(string name) => Assert.Equal(name, Start((_, _) => { }, name).Path.Name);

    [Fact]
    public async Task A_name_is_free_again_when_the_actor_has_ended()
    {
        var probe = NewProbe();
        var first = Start((_, _) => { }, "one");
        await probe.Watch(first);
        System.Stop(first);
        await probe.ExpectTerminated(first);
        var second = Start((_, _) => { }, "one");
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Actors_without_a_name_get_different_ones()
    {
        var names = Enumerable.Range(0, 200).Select(_ => Start((_, _) => { }).Path.Name).ToHashSet();
        Assert.Equal(200, names.Count);
        Assert.All(names, n => Assert.StartsWith("$", n));
    }

    [Fact]
    public void An_actor_cannot_be_made_with_new() => Assert.Throws<ActorInitializationException>(() => new Stillborn());

    [Fact]
    public async Task A_disposable_actor_is_disposed_when_it_ends()
    {
        var disposed = new TaskCompletionSource();
        var actor = System.ActorOf(Props.Create(() => new DisposableActor(disposed)));
        System.Stop(actor);
        await disposed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Context_knows_self_parent_children_and_props()
    {
        var probe = NewProbe();
        var parent = Start((context, m) =>
        {
            var child = context.ActorOf(FunctionActor.Props((c, _) => probe.Ref.Tell((c.Self.Path.Name, c.Parent.Path.Name))), "kid");
            probe.Ref.Tell(context.Child("kid").Equals(child));
            probe.Ref.Tell(context.Child("none").IsNobody());
            probe.Ref.Tell(context.GetChildren().Single().Equals(child));
            child.Tell("who");
        }, "mum");
        parent.Tell("go");
        await probe.ExpectAll(true, true, true, ("kid", "mum"));
    }

    [Fact]
    public async Task A_stopping_actor_takes_no_new_children()
    {
        var probe = NewProbe();
        var parent = Start((context, m) =>
        {
            context.ActorOf(FunctionActor.Props((_, _) => { }));
            context.Stop(context.Self);
        });
        await probe.Watch(parent);
        parent.Tell("go");
        await probe.ExpectTerminated(parent);
        await System.Terminate().WaitAsync(Patience);
        Assert.Throws<InvalidOperationException>(() => Start((_, _) => { }));
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn()
        {
            if (Self is not null)
                throw new InvalidOperationException("never born");
        }

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class DisposableActor(TaskCompletionSource disposed) : UntypedActor, IDisposable
    {
        public void Dispose() => disposed.TrySetResult();

        protected override void OnReceive(object message)
        {
        }
    }
}
