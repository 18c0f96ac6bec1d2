using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote;
using Akka.Remote.Transport;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class SystemMessageTests : RemoteTest
{
    [Fact]
    public async Task What_was_lost_is_sent_again_and_all_arrive_once_and_in_order()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var actor = Echo(b);
        var seen = Seen(a, actor, b);
        var association = Association(a, b);
        association.Loses = static number => number % 3 == 0;
        var watchers = Enumerable.Range(0, 30).Select(_ => new Recording(a)).ToArray();
        foreach (var watcher in watchers)
            SendWatch(seen, watcher);
        await Until(() => association.UnacknowledgedSystemMessages == 0);
        b.Stop(actor);
        await Until(() => watchers.All(w => w.Ended == 1));
    }

    [Fact]
    public async Task Random_breaks_and_losses_lose_no_system_message_and_reorder_none()
    {
        var seed = Environment.GetEnvironmentVariable("SEED") is { } text ? int.Parse(text) : Random.Shared.Next();
        var random = new Random(seed);
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var actor = Echo(b);
        var seen = (IInternalActorRef)Seen(a, actor, b);
        var association = Association(a, b);
        association.Loses = _ => random.Next(20) == 0;
        var watchers = Enumerable.Range(0, 200).Select(_ => new Recording(a)).ToArray();
        var watching = new bool[watchers.Length];
        for (var i = 0; i < 5000; i++)
        {
            var n = random.Next(watchers.Length);
            watching[n] = !watching[n];
            association.SendSystem(watching[n] ? new Watch(seen, watchers[n]) : new Unwatch(seen, watchers[n]), (RemoteActorRef)seen);
            if (random.Next(200) != 0)
                continue;
            association.Break();
            await Task.Yield();
        }
        await Until(() => association.UnacknowledgedSystemMessages == 0);
        b.Stop(actor);
        await Until(() => watchers.Where((_, n) => watching[n]).All(w => w.Ended == 1));
        // The last word of each counts, so nothing was lost, repeated late or turned around.
        Assert.True(watchers.Where((_, n) => !watching[n]).All(w => w.Ended == 0), $"SEED={seed}");
    }

    [Fact]
    public async Task Stop_and_suspension_reach_an_actor_on_another_node()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var seen = (IInternalActorRef)Seen(a, Echo(b), b);
        seen.Suspend();
        await Until(() => Association(a, b).UnacknowledgedSystemMessages == 0 && Association(a, b).IsConnected);
        var asked = seen.Ask<int>(1, Patience);
        Assert.Equal(2, await Seen(a, Echo(b), b).Ask<int>(2, Patience));
        Assert.False(asked.IsCompleted);
        seen.Resume();
        Assert.Equal(1, await asked);
        var probe = new Probe(a);
        await probe.Watch(seen);
        seen.Stop();
        await probe.ExpectTerminated(seen);
    }

    [Fact]
    public async Task Too_many_unacknowledged_ones_quarantine_the_node()
    {
        var a = NewSystem("a", "akka.remote { system-message-buffer-size = 50, watch-failure-detector.acceptable-heartbeat-pause = 1h }");
        var b = NewSystem("b");
        var seen = (IInternalActorRef)Seen(a, Echo(b), b);
        Assert.Equal(1, await seen.Ask<int>(1, Patience));
        var uid = ProviderOf(b).Uid;
        var quarantined = Listen<QuarantinedEvent>(a);
        ProviderOf(b).Transport.Kill();
        for (var i = 0; i <= 50; i++)
            SendWatch(seen, new Recording(a));
        Assert.Equal(uid, (await quarantined.Expect<QuarantinedEvent>()).Uid);
        await Until(() => Association(a, b).UnacknowledgedSystemMessages == 0);
    }

    [Fact]
    public async Task A_node_that_never_answers_is_given_up()
    {
        var a = NewSystem("a", "akka.remote.initial-system-message-delivery-timeout = 500ms");
        var nowhere = (IInternalActorRef)((ExtendedActorSystem)a).Provider.ResolveActorRef("akka.tcp://nobody@127.0.0.1:1/user/x#1");
        SendWatch(nowhere, new Recording(a));
        var association = ((RemoteActorRef)nowhere).Association;
        Assert.Equal(1, association.UnacknowledgedSystemMessages);
        await Until(() => association.UnacknowledgedSystemMessages == 0);
    }

    [Fact]
    public void An_outbox_numbers_without_a_gap_forgets_what_is_acknowledged_and_begins_anew_when_told()
    {
        var a = NewSystem("a");
        var nowhere = (RemoteActorRef)((ExtendedActorSystem)a).Provider.ResolveActorRef("akka.tcp://nobody@127.0.0.1:1/user/x#1");
        var outbox = new SystemOutbox(3);
        var queue = new OutboundQueue();
        Assert.True(outbox.TryAdd(new Terminate(), nowhere, queue));
        Assert.True(outbox.TryAdd(new Terminate(), nowhere, queue));
        Assert.True(outbox.TryAdd(new Terminate(), nowhere, queue));
        Assert.False(outbox.TryAdd(new Terminate(), nowhere, queue));
        Assert.True(outbox.Acknowledge(1));
        Assert.False(outbox.Acknowledge(4));
        Assert.Equal([2L, 3L], outbox.Unacknowledged(3, 10).Select(m => m.Number));
        Assert.Equal([2L], outbox.Unacknowledged(2, 10).Select(m => m.Number));
        var epoch = outbox.Epoch;
        Assert.Equal(2, outbox.Reset().Length);
        Assert.NotEqual(epoch, outbox.Epoch);
        Assert.True(outbox.TryAdd(new Terminate(), nowhere, queue));
        Assert.Equal([1L], outbox.Unacknowledged(9, 10).Select(m => m.Number));
        Assert.Equal([1L, 2L, 3L, 1L], Enumerable.Range(0, 4).Select(_ => queue.Take()!.Number));
    }

    /// <summary>Past the node's own watcher, which would make one of many.</summary>
    private static void SendWatch(IActorRef subject, Recording watcher) =>
        ((RemoteActorRef)subject).Association.SendSystem(new Watch((IInternalActorRef)subject, watcher), (RemoteActorRef)subject);

    /// <summary>Watches without an actor, and counts.</summary>
    private sealed class Recording : MinimalActorRef
    {
        private int _ended;

        public Recording(ActorSystem system)
        {
            Provider = ((ExtendedActorSystem)system).Provider;
            Path = Provider.TempPath();
            ((ActorSystemImpl)system).LocalProvider.RegisterTemp(this, Path);
        }

        public override ActorPath Path { get; }

        public override IActorRefProvider Provider { get; }

        public int Ended => Volatile.Read(ref _ended);

        internal override void SendSystem(SystemMessage message)
        {
            if (message is DeathWatchNotification)
                Interlocked.Increment(ref _ended);
        }
    }
}
