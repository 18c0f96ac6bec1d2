using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class FrameLimitTests : RemoteTest
{
    [Fact]
    public async Task A_message_above_the_limit_is_dropped_with_an_error_that_names_type_and_size_and_the_next_arrives()
    {
        var a = NewSystem("a", "akka { loglevel = ERROR, loggers = [], remote.dot-netty.tcp.maximum-frame-size = 50000 }");
        var b = NewSystem("b");
        var errors = Listen<Error>(a);
        var probe = new Probe(b);
        var seen = Seen(a, probe.Ref, b);
        seen.Tell(new byte[50_001], ActorRefs.NoSender);
        seen.Tell(new byte[50_000], ActorRefs.NoSender);
        Assert.Equal(50_000, (await probe.Expect<byte[]>()).Length);
        var error = (await errors.Expect<Error>()).Message.ToString()!;
        Assert.Contains("System.Byte[]", error, StringComparison.Ordinal);
        Assert.Contains("50001", error, StringComparison.Ordinal);
        Assert.True(Association(a, b).IsConnected);
    }

    [Fact]
    public async Task The_smaller_limit_of_both_ends_counts()
    {
        var a = NewSystem("a", "akka.remote.dot-netty.tcp.maximum-frame-size = 1MiB");
        var b = NewSystem("b", "akka.remote.dot-netty.tcp.maximum-frame-size = 40000");
        var dropped = Listen<Dropped>(a);
        var probe = new Probe(b);
        var seen = Seen(a, probe.Ref, b);
        seen.Tell(new byte[100_000], ActorRefs.NoSender);
        seen.Tell("next", ActorRefs.NoSender);
        await probe.Expect("next");
        Assert.Contains("40000", (await dropped.Expect<Dropped>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_is_too_small_is_refused() =>
        Assert.ThrowsAny<Exception>(() => NewSystem("a", "akka.remote.dot-netty.tcp.maximum-frame-size = 1000"));
}
