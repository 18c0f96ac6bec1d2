using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class AskTests : ActorTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task The_reply_is_the_result() =>
        Assert.Equal("echo hi", await Start((context, m) => context.Sender.Tell($"echo {m}")).Ask<string>("hi", Patience));

    [Fact]
    public async Task No_reply_in_time_is_an_AskTimeoutException() =>
        await Assert.ThrowsAsync<AskTimeoutException>(() => Start((_, _) => { }).Ask<string>("hi", Short));

    [Fact]
    public async Task A_reply_of_another_type_is_an_error() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Start((context, _) => context.Sender.Tell(1)).Ask<string>("hi", Patience));

    [Fact]
    public async Task A_failure_reply_fails_the_task()
    {
        var actor = Start((context, _) => context.Sender.Tell(new Status.Failure(new FormatException("no"))));
        var failure = await Assert.ThrowsAsync<FormatException>(() => actor.Ask<string>("hi", Patience));
        Assert.Equal("no", failure.Message);
    }

    [Fact]
    public async Task Cancellation_cancels_the_task()
    {
        using var source = new CancellationTokenSource();
        var asked = Start((_, _) => { }).Ask<string>("hi", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task The_message_can_carry_the_reference_for_the_reply()
    {
        var actor = Start((_, m) => (((IActorRef ReplyTo, int Value))m).ReplyTo.Tell("by reference"));
        Assert.Equal("by reference", await actor.Ask<string>(replyTo => (replyTo, 1), Patience, CancellationToken.None));
    }

    [Fact]
    public async Task The_sender_of_an_ask_can_be_found_by_its_path()
    {
        var provider = ((ExtendedActorSystem)System).Provider;
        var actor = Start((context, _) =>
        {
            var path = context.Sender.Path.ToSerializationFormat();
            provider.ResolveActorRef(path).Tell("found");
        });
        Assert.Equal("found", await actor.Ask<string>("hi", Patience));
    }

    [Fact]
    public async Task The_result_of_a_task_is_piped()
    {
        var probe = NewProbe();
        await Task.FromResult("value").PipeTo(probe.Ref, probe.Ref);
        await probe.Expect("value");
        Assert.Equal(probe.Ref, probe.LastSender);
    }

    [Fact]
    public async Task A_failed_task_is_piped_as_a_failure()
    {
        var probe = NewProbe();
        await Task.FromException<string>(new FormatException("no")).PipeTo(probe.Ref, ActorRefs.NoSender);
        Assert.IsType<FormatException>((await probe.Expect<Status.Failure>()).Cause);
    }

    [Fact]
    public async Task Piped_results_and_failures_can_be_mapped()
    {
        var probe = NewProbe();
        await Task.FromResult(1).PipeTo(probe.Ref, ActorRefs.NoSender, i => $"got {i}", e => e.Message);
        await Task.FromException<int>(new FormatException("no")).PipeTo(probe.Ref, ActorRefs.NoSender, i => $"got {i}", e => e.Message);
        await probe.ExpectAll("got 1", "no");
    }

    [Fact]
    public async Task A_task_without_a_result_pipes_its_mapping_only()
    {
        var probe = NewProbe();
        await Task.CompletedTask.PipeTo(probe.Ref, ActorRefs.NoSender);
        await Task.CompletedTask.PipeTo(probe.Ref, ActorRefs.NoSender, () => "done", null);
        await probe.Expect("done");
    }
}
