using System.Text;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class MessagingTests : RemoteTest
{
    [Fact]
    public void The_address_has_the_protocol_the_name_and_the_port_that_was_bound()
    {
        var address = AddressOf(NewSystem("alpha"));
        Assert.Equal("akka.tcp", address.Protocol);
        Assert.Equal("alpha", address.System);
        Assert.Equal("127.0.0.1", address.Host);
        Assert.True(address.Port > 0);
    }

    [Fact]
    public void The_official_name_of_the_provider_is_understood() =>
        Assert.NotNull(AddressOf(NewSystem("a", "akka.actor.provider = \"Akka.Remote.RemoteActorRefProvider, Akka.Remote\"")).Port);

    [Fact]
    public void A_port_that_is_taken_is_an_error_that_names_it()
    {
        var port = AddressOf(NewSystem("a")).Port;
        var failure = Assert.ThrowsAny<Exception>(() => NewSystem("b", $"akka.remote.dot-netty.tcp.port = {port}"));
        Assert.Contains(port.ToString()!, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_told_message_arrives_and_its_sender_can_be_answered()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var probe = new Probe(a);
        var echo = Seen(a, Echo(b, "echo"), b);
        echo.Tell("hello", probe.Ref);
        await probe.Expect("hello");
        Assert.Equal(echo, probe.LastSender);
    }

    [Fact]
    public async Task An_ask_is_answered()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Seen(a, Echo(b), b);
        for (var i = 0; i < 100; i++)
            Assert.Equal(i, await echo.Ask<int>(i, Patience));
    }

    [Fact]
    public async Task Texts_numbers_and_bytes_pass_of_any_length()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Seen(a, Echo(b), b);
        Assert.Equal("", await echo.Ask<string>("", Patience));
        Assert.Equal(long.MinValue, await echo.Ask<long>(long.MinValue, Patience));
        var long16 = new string('ö', 30_000);
        Assert.Equal(long16, await echo.Ask<string>(long16, Patience));
        for (var length = 0; length <= 128_000; length = length * 3 + 1)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            Assert.Equal(bytes, await echo.Ask<byte[]>(bytes, Patience));
        }
    }

    [Fact]
    public async Task A_selection_finds_the_actor_and_identifies_it()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Echo(b, "echo");
        var selection = a.ActorSelection($"{AddressOf(b)}/user/echo");
        var found = await selection.ResolveOne(Patience);
        Assert.Equal(Seen(a, echo, b), found);
        Assert.Equal("x", await selection.Ask<string>("x", Patience));
        Assert.Equal("y", await a.ActorSelection($"{AddressOf(b)}/user/*").Ask<string>("y", Patience));
        var nobody = await a.ActorSelection($"{AddressOf(b)}/user/nobody").Ask<ActorIdentity>(new Identify("q"), Patience);
        Assert.Null(nobody.Subject);
        Assert.Equal("q", nobody.MessageId);
    }

    [Fact]
    public async Task A_reference_in_a_message_leads_back_to_where_it_came_from_and_to_a_third_node()
    {
        var (a, b, c) = (NewSystem("a"), NewSystem("b"), NewSystem("c"));
        var probe = new Probe(a);
        var forwarder = Start(b, static (context, message) => ((IActorRef)message).Tell("from b", context.Self));
        var local = await Seen(a, Echo(b), b).Ask<IActorRef>(probe.Ref, Patience);
        Assert.Same(probe.Ref, local);
        Seen(a, forwarder, b).Tell(probe.Ref, ActorRefs.NoSender);
        await probe.Expect("from b");
        var onC = new Probe(c);
        Seen(a, forwarder, b).Tell(Seen(a, onC.Ref, c), ActorRefs.NoSender);
        await onC.Expect("from b");
    }

    [Fact]
    public async Task Status_replies_pass_and_a_failure_fails_the_ask()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var actor = Seen(a, Start(b, static (context, message) => context.Sender.Tell(
            message is "good" ? new Status.Success(7) : new Status.Failure(new InvalidOperationException("no", new ArithmeticException("inner"))),
            context.Self)), b);
        Assert.Equal(7, (await actor.Ask<Status.Success>("good", Patience)).Status);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => actor.Ask<int>("bad", Patience));
        Assert.Equal("no", failure.Message);
        Assert.Contains("System.ArithmeticException: inner", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_to_an_incarnation_that_is_gone_is_a_dead_letter_there()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var first = Echo(b, "name");
        var seen = Seen(a, first, b);
        Assert.Equal(1, await seen.Ask<int>(1, Patience));
        await first.GracefulStop(Patience);
        await Until(() => Renamed(b));
        var letters = Listen<DeadLetter>(b);
        seen.Tell("late", ActorRefs.NoSender);
        Assert.Equal("late", (await letters.Expect<DeadLetter>()).Message);
        Assert.Equal("now", await a.ActorSelection($"{AddressOf(b)}/user/name").Ask<string>("now", Patience));
    }

    [Fact]
    public async Task Order_of_each_pair_is_kept_under_load_whatever_the_sizes()
    {
        const int Senders = 4;
        const int Messages = 20_000;
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var next = new int[Senders];
        var wrong = 0;
        var receiver = Seen(a, Start(b, (_, message) =>
        {
            var bytes = (byte[])message;
            var sender = bytes[0];
            if (BitConverter.ToInt32(bytes, 1) != next[sender]++)
                wrong++;
        }), b);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            var random = new Random(sender);
            for (var i = 0; i < Messages; i++)
            {
                var bytes = new byte[random.Next(100) == 0 ? random.Next(5, 60_000) : random.Next(5, 64)];
                bytes[0] = (byte)sender;
                BitConverter.TryWriteBytes(bytes.AsSpan(1), i);
                receiver.Tell(bytes, ActorRefs.NoSender);
            }
        })));
        await Until(() => next.Sum() == Senders * Messages);
        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task A_message_without_a_serializer_is_dropped_and_the_next_arrives()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var probe = new Probe(b);
        var seen = Seen(a, probe.Ref, b);
        var dropped = Listen<Dropped>(a);
        seen.Tell(new StringBuilder("no serializer"), ActorRefs.NoSender);
        seen.Tell("next", ActorRefs.NoSender);
        await probe.Expect("next");
        Assert.IsType<StringBuilder>((await dropped.Expect<Dropped>()).Message);
    }

    [Fact]
    public async Task What_is_sent_before_the_system_ends_arrives()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var probe = new Probe(b);
        var seen = Seen(a, probe.Ref, b);
        for (var i = 0; i < 1000; i++)
            seen.Tell(i, ActorRefs.NoSender);
        await a.Terminate().WaitAsync(Patience);
        for (var i = 0; i < 1000; i++)
            await probe.Expect(i);
    }

    /// <summary>The name is free when its parent has heard of the end, which nobody announces.</summary>
    private static bool Renamed(ActorSystem system)
    {
        try
        {
            Echo(system, "name");
            return true;
        }
        catch (InvalidActorNameException)
        {
            return false;
        }
    }
}
