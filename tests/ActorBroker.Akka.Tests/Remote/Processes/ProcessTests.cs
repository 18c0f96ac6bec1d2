using System.Diagnostics;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote.Processes;

public sealed class ProcessTests : RemoteTest
{
    [SkippableFact]
    public async Task An_actor_whose_process_is_killed_ends_and_a_process_at_the_same_address_is_another_incarnation()
    {
        Skip.If(OperatingSystem.IsWindows());
        var a = NewSystem("a");
        using var first = await PeerProcess.Start(Base);
        var echo = await a.ActorSelection($"{first.Address}/user/echo").ResolveOne(Patience);
        var probe = new Probe(a);
        await probe.Watch(echo);
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        first.Kill();
        await probe.ExpectTerminated(echo);

        var port = Address.Parse(first.Address).Port;
        using var second = await PeerProcess.Start($"{Base}\nakka.remote.dot-netty.tcp.port = {port}");
        Assert.Equal(first.Address, second.Address);
        var selection = a.ActorSelection($"{second.Address}/user/echo");
        await Until(() => Answers(selection));
        var again = await selection.ResolveOne(Patience);
        Assert.NotEqual(echo, again);
        await probe.Watch(again);
        second.Kill();
        await probe.ExpectTerminated(again);
    }

    [SkippableFact]
    public async Task A_process_that_was_paused_for_too_long_stays_out_and_learns_of_it()
    {
        Skip.If(OperatingSystem.IsWindows());
        var a = NewSystem("a");
        using var peer = await PeerProcess.Start(Base);
        var echo = await a.ActorSelection($"{peer.Address}/user/echo").ResolveOne(Patience);
        var probe = new Probe(a);
        await probe.Watch(echo);
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        var quarantined = Listen<QuarantinedEvent>(a);
        peer.Pause();
        Assert.True((await probe.Expect<Terminated>()).AddressTerminated);
        await quarantined.Expect<QuarantinedEvent>();
        peer.GoOn();
        // It tries to talk to us again, because it was asked before.
        await Until(() => !Answers(a.ActorSelection($"{peer.Address}/user/echo")));
        Assert.Equal(nameof(ThisActorSystemQuarantinedEvent), await peer.NextLine());
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<int>(2, TimeSpan.FromSeconds(2)));
    }

    [SkippableFact]
    public async Task A_paused_process_that_takes_no_more_bytes_holds_up_neither_its_quarantine_nor_the_end_of_the_system()
    {
        Skip.If(OperatingSystem.IsWindows());
        var a = NewSystem("a");
        using var peer = await PeerProcess.Start(Base);
        var sink = await a.ActorSelection($"{peer.Address}/user/sink").ResolveOne(Patience);
        var probe = new Probe(a);
        await probe.Watch(sink);
        peer.Pause();
        for (var i = 0; i < 500; i++)
            sink.Tell(new byte[100_000], ActorRefs.NoSender);
        await probe.ExpectTerminated(sink);
        var letters = Listen<DeadLetter>(a);
        sink.Tell("late", ActorRefs.NoSender);
        while ((await letters.Expect<DeadLetter>()).Message is not "late")
        {
            // What was waiting comes first.
        }

        var b = NewSystem("b");
        peer.GoOn();
        var again = await b.ActorSelection($"{peer.Address}/user/sink").ResolveOne(Patience);
        peer.Pause();
        for (var i = 0; i < 500; i++)
            again.Tell(new byte[100_000], ActorRefs.NoSender);
        await b.Terminate().WaitAsync(Patience);
    }

    /// <summary>SATURATION_SECONDS makes it longer.</summary>
    [SkippableFact]
    public async Task A_saturated_line_in_both_directions_is_not_taken_for_a_dead_node()
    {
        Skip.If(OperatingSystem.IsWindows());
        var seconds = int.Parse(Environment.GetEnvironmentVariable("SATURATION_SECONDS") ?? "5");
        var a = NewSystem("a", "akka.remote.dot-netty.tcp.maximum-frame-size = 2MiB");
        using var peer = await PeerProcess.Start($"{Base}\nakka.remote.dot-netty.tcp.maximum-frame-size = 2MiB");
        var echo = await a.ActorSelection($"{peer.Address}/user/echo").ResolveOne(Patience);
        var sink = await a.ActorSelection($"{peer.Address}/user/sink").ResolveOne(Patience);
        var flood = await a.ActorSelection($"{peer.Address}/user/flood").ResolveOne(Patience);
        var probe = new Probe(a);
        await probe.Watch(echo);
        var quarantined = Listen<QuarantinedEvent>(a);
        var returned = 0;
        var swallow = Start(a, (_, _) => Interlocked.Increment(ref returned));
        var start = Stopwatch.GetTimestamp();
        var large = new byte[1024 * 1024];
        var sent = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            for (var i = 0; i < 20; i++, sent++)
                sink.Tell(large, ActorRefs.NoSender);
            if (sent - returned < 200)
                flood.Tell(large, swallow);
            Assert.Equal(sent, await echo.Ask<int>(sent, Patience));
        }
        await probe.ExpectNothingBefore("end");
        await quarantined.ExpectNothingBefore("end");
        Assert.True(returned > 0);
    }

    private static bool Answers(ICanTell actor)
    {
        try
        {
            return actor.Ask<string>("there?", TimeSpan.FromMilliseconds(300)).Result == "there?";
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
