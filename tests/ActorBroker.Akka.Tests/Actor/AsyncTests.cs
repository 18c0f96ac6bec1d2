using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class AsyncTests : ActorTest
{
    [Fact]
    public async Task The_next_message_waits_for_an_asynchronous_handler()
    {
        var probe = NewProbe();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = System.ActorOf(Props.Create(() => new Waiter(probe.Ref, release.Task)));
        actor.Tell("wait");
        actor.Tell("next");
        await probe.Expect("waiting");
        release.SetResult();
        await probe.ExpectAll("waited", "next");
    }

    [Fact]
    public async Task Self_sender_and_context_survive_an_await()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Waiter(probe.Ref, Task.CompletedTask)));
        actor.Tell("who", probe.Ref);
        await probe.Expect((actor.Path, probe.Ref.Path, actor.Path));
    }

    [Theory]
    [InlineData("fail early")]
    [InlineData("fail late")]
    public async Task A_failure_in_an_asynchronous_handler_is_the_actors(string how)
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Waiter(probe.Ref, Task.CompletedTask)));
        actor.Tell(how);
        actor.Tell("next");
        await probe.ExpectAll("restarted", "next");
    }

    [Fact]
    public async Task An_actor_that_waits_can_be_stopped()
    {
        var probe = NewProbe();
        var never = new TaskCompletionSource();
        var actor = System.ActorOf(Props.Create(() => new Waiter(probe.Ref, never.Task)));
        await probe.Watch(actor);
        actor.Tell("wait");
        await probe.Expect("waiting");
        System.Stop(actor);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task An_untyped_actor_runs_a_task()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Runner(probe.Ref)));
        actor.Tell(1);
        actor.Tell(2);
        await probe.ExpectAll("begin 1", "end 1", "begin 2", "end 2");
    }

    [Fact]
    public async Task Many_asynchronous_messages_stay_in_order()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Runner(probe.Ref)));
        for (var i = 0; i < 500; i++)
            actor.Tell(i);
        for (var i = 0; i < 500; i++)
            await probe.ExpectAll($"begin {i}", $"end {i}");
    }

    private sealed class Waiter : ReceiveActor
    {
        private readonly IActorRef _to;

        public Waiter(IActorRef to, Task task)
        {
            _to = to;
            ReceiveAsync<string>(s => s == "wait", async _ =>
            {
                to.Tell("waiting");
                await task;
                to.Tell("waited");
            });
            ReceiveAsync<string>(s => s == "who", async _ =>
            {
                await Task.Yield();
                to.Tell((Self.Path, Sender.Path, Context.Self.Path));
            });
            ReceiveAsync<string>(s => s == "fail early", _ => throw new InvalidOperationException("early"));
            ReceiveAsync<string>(s => s == "fail late", async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("late");
            });
            ReceiveAny(m => to.Tell(m));
        }

        protected override void PostRestart(Exception reason) => _to.Tell("restarted");
    }

    private sealed class Runner(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => RunTask(async () =>
        {
            to.Tell($"begin {message}");
            await Task.Yield();
            to.Tell($"end {message}");
        });
    }
}
