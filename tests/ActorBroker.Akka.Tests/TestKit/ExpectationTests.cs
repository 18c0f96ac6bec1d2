using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Xunit.Sdk;

namespace ActorBroker.Akka.Tests.TestKit;

public class ExpectationTests : global::Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_message_is_expected_by_type_value_predicate_assertion_and_sender()
    {
        var probe = CreateTestProbe();
        foreach (var message in (object[])["text", 1, 2, 3, 4, 5])
            TestActor.Tell(message, probe.Ref);
        Assert.Equal("text", ExpectMsg<string>());
        Assert.Equal(1, ExpectMsg(1));
        ExpectMsg<int>(m => m == 2);
        ExpectMsg<int>(m => Assert.Equal(3, m));
        ExpectMsg<int>((_, sender) => sender.Equals(probe.Ref));
        Assert.Equal(probe.Ref, LastSender);
        Assert.Equal(5, ExpectMsgFrom<int>(probe.Ref));
        Assert.Equal(5, LastMessage);
    }

    [Fact]
    public async Task A_message_is_expected_asynchronously()
    {
        var expected = ExpectMsgAsync<string>();
        Assert.False(expected.IsCompleted);
        TestActor.Tell("text");
        Assert.Equal("text", await expected);
        TestActor.Tell(1);
        await ExpectMsgAsync(1);
        TestActor.Tell(2);
        await ExpectMsgAsync<int>(m => m == 2);
        await ExpectNoMsgAsync(Short);
    }

    [Fact]
    public void The_wrong_message_or_none_fails()
    {
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Short));
        TestActor.Tell(1);
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Short));
        TestActor.Tell(1);
        Assert.ThrowsAny<Exception>(() => ExpectMsg(2, Short));
        TestActor.Tell(1);
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<int>(m => m == 2, Short));
        TestActor.Tell(1);
        Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(Short));
        TestActor.Tell(1, CreateTestProbe().Ref);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgFrom<int>(TestActor, Short));
    }

    [Fact]
    public void What_the_test_sends_comes_from_the_test_actor()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        echo.Tell("hello");
        ExpectMsg("hello");
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public async Task What_the_test_sends_after_an_await_still_comes_from_the_test_actor()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        for (var i = 0; i < 20; i++)
        {
            await Task.Yield();
            echo.Tell(i);
            await ExpectMsgAsync(i);
        }
    }

    [Fact]
    public void Fishing_passes_other_messages_by()
    {
        foreach (var message in (object[])["a", 1, "b", 2])
            TestActor.Tell(message);
        Assert.Equal(2, FishForMessage<int>(m => m == 2));
        Assert.False(HasMessages);
        TestActor.Tell("c");
        Assert.Equal("c", FishForMessage(m => m is "c"));
        Assert.ThrowsAny<XunitException>(() => FishForMessage<int>(_ => true, Short));
    }

    [Fact]
    public async Task Several_messages_are_received_together()
    {
        foreach (var i in Enumerable.Range(0, 6))
            TestActor.Tell(i);
        Assert.Equal([0, 1, 2], ReceiveN(3).Cast<int>());
        var rest = new List<object>();
        await foreach (var message in ReceiveNAsync(3, TimeSpan.FromSeconds(3)))
            rest.Add(message);
        Assert.Equal([3, 4, 5], rest.Cast<int>());
        TestActor.Tell(1);
        Assert.ThrowsAny<XunitException>(() => ReceiveN(2, Short));
    }

    [Fact]
    public void All_of_several_messages_come_in_any_order()
    {
        foreach (var message in (string[])["c", "a", "b"])
            TestActor.Tell(message);
        ExpectMsgAllOf("a", "b", "c");
        foreach (var message in (string[])["c", "a", "a"])
            TestActor.Tell(message);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf("a", "b", "c"));
        TestActor.Tell("b");
        Assert.Equal("b", ExpectMsgAnyOf<string>(["a", "b"]));
    }

    [Fact]
    public void Receiving_goes_on_while_a_predicate_holds_and_leaves_the_rest()
    {
        foreach (var message in (object[])[1, 2, "other", 3, 10, 4])
            TestActor.Tell(message);
        Assert.Equal([1, 2, 3], ReceiveWhile<int>(m => m < 10, TimeSpan.FromSeconds(1)));
        Assert.Equal(10, ExpectMsg<int>());
        Assert.Equal(4, ReceiveOne());
        Assert.Null(ReceiveOne(Short));
        Assert.Null(ReceiveOne(TimeSpan.Zero));
    }

    [Fact]
    public void Peeking_leaves_the_message()
    {
        TestActor.Tell("a");
        Assert.Equal("a", PeekOne(TimeSpan.FromSeconds(1)));
        Assert.True(HasMessages);
        ExpectMsg("a");
        Assert.False(HasMessages);
    }

    [Fact]
    public void Ignored_messages_are_not_seen()
    {
        IgnoreMessages(m => m is int);
        TestActor.Tell(1);
        TestActor.Tell("a");
        ExpectMsg("a");
        IgnoreNoMessages();
        TestActor.Tell(2);
        ExpectMsg(2);
        IgnoreMessages<string>();
        TestActor.Tell("b");
        TestActor.Tell(3);
        ExpectMsg(3);
    }

    [Fact]
    public async Task A_termination_is_expected_of_the_right_actor()
    {
        var (first, second) = (Sys.ActorOf(Props.Create(() => new Echo())), Sys.ActorOf(Props.Create(() => new Echo())));
        Watch(first);
        await WatchAsync(second);
        first.Tell(PoisonPill.Instance);
        Assert.Equal(first, ExpectTerminated(first).ActorRef);
        Unwatch(second);
        second.Tell(PoisonPill.Instance);
        ExpectNoMsg(Short);
    }

    [Fact]
    public void An_assertion_is_repeated_until_it_holds()
    {
        var calls = 0;
        AwaitAssert(() => Assert.True(++calls >= 3), TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(5));
        Assert.Equal(3, calls);
        Assert.ThrowsAny<XunitException>(() => AwaitAssert(() => Assert.Fail("never"), Short, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task An_assertion_is_repeated_asynchronously_until_it_holds()
    {
        var calls = 0;
        await AwaitAssertAsync(
            async () =>
            {
                await Task.Yield();
                Assert.True(++calls >= 3);
            },
            TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(5));
        Assert.Equal(3, calls);
        await Assert.ThrowsAnyAsync<XunitException>(
            () => AwaitAssertAsync(() => Assert.Fail("never"), Short, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task A_condition_is_awaited()
    {
        var calls = 0;
        AwaitCondition(() => ++calls == 3, TimeSpan.FromSeconds(3));
        await AwaitConditionAsync(() => Task.FromResult(++calls == 5), TimeSpan.FromSeconds(3));
        Assert.ThrowsAny<XunitException>(() => AwaitCondition(() => false, Short));
        Assert.False(AwaitConditionNoThrow(() => false, Short));
    }

    [Fact]
    public async Task Within_bounds_the_waits_inside_it()
    {
        Assert.ThrowsAny<XunitException>(() => Within(Short, () => ExpectMsg<string>()));
        Assert.Equal(7, Within(TimeSpan.FromSeconds(3), () =>
        {
            Assert.InRange(Remaining, TimeSpan.Zero, TimeSpan.FromSeconds(3));
            TestActor.Tell(7);
            return ExpectMsg<int>();
        }));
        await WithinAsync(TimeSpan.FromSeconds(3), async () =>
        {
            TestActor.Tell(8);
            await ExpectMsgAsync(8);
        });
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), () => TestActor.Tell(9)));
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));
    }
}

public class DilationTests() : global::Akka.TestKit.Xunit2.TestKit(ConfigurationFactory.ParseString("akka.test.timefactor = 2.5"))
{
    [Fact]
    public void Durations_are_dilated_by_the_time_factor()
    {
        Assert.Equal(TimeSpan.FromSeconds(2.5), Dilated(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(7.5), RemainingOrDefault);
    }
}
