using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;

namespace ActorBroker.Akka.Tests.Remote;

/// <summary>Whatever comes to the port closes that connection, with a line in the log, and nothing else.</summary>
public sealed class HostilePeerTests : RemoteTest
{
    private const string Loud = "akka.loglevel = WARNING, akka.stdout-loglevel = OFF, akka.loggers = []";

    public static TheoryData<string, byte[]> FirstWords => new()
    {
        { "text", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray() },
        { "zeros", new byte[64] },
        { "a huge length", [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0xFF, 0xFF] },
        { "a huge payload", [0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 4, 0] },
        { "a message before the introduction", [4, 0, 0, 0, 10, 0, 4, 0, 0, 0, 0, 0] },
        { "an introduction of zeros", [.. new byte[] { 32, 0, 0, 0, 1, 0, 32, 0 }, .. new byte[32]] },
        { "an introduction that ends early", new Hello(Far, 1, Far, 1, "").ToFrame()[..^2] },
        { "an introduction to somebody else", new Hello(Far, 1, Far, 1000, "").ToFrame() },
    };

    private static Address Far => new("akka.tcp", "far", "127.0.0.1", 7);

    [Theory]
    [MemberData(nameof(FirstWords))]
    public async Task A_bad_introduction_closes_the_connection_with_one_line(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        var a = NewSystem("a", Loud + "\nactorbroker.akka.remote.handshake-timeout = 500ms");
        var warnings = Listen<Warning>(a);
        using var socket = await ConnectTo(a);
        await socket.SendAsync(bytes);
        await ExpectClosed(socket);
        var warning = await warnings.Expect<Warning>();
        Assert.Contains("is refused", warning.Message.ToString()!, StringComparison.Ordinal);
        await warnings.ExpectNothingBefore("end");
        await ExpectStillGood(a);
    }

    [Fact]
    public async Task Random_bytes_close_the_connection_whatever_they_are()
    {
        var a = NewSystem("a", "actorbroker.akka.remote.handshake-timeout = 300ms");
        var seed = Environment.GetEnvironmentVariable("SEED") is { } text ? int.Parse(text) : 4711;
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            using var socket = await ConnectTo(a);
            var bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                BinaryPrimitives.WriteInt64LittleEndian(bytes = [.. new byte[8], .. bytes], 0x0001_0000_0000_0000L + random.Next(5000));
            await Try(socket.SendAsync(bytes));
            await ExpectClosed(socket);
        }
        await ExpectStillGood(a);
    }

    [Fact]
    public async Task Who_drips_its_introduction_has_little_time()
    {
        var a = NewSystem("a", "actorbroker.akka.remote.handshake-timeout = 500ms");
        using var socket = await ConnectTo(a);
        var frame = new Hello(Far, 1, AddressOf(a), 1000, "").ToFrame();
        var closed = ExpectClosed(socket);
        foreach (var part in frame)
        {
            if (closed.IsCompleted)
                break;
            await Try(socket.SendAsync(new[] { part }));
            await Task.WhenAny(closed, Task.Delay(50));
        }
        await closed;
        await ExpectStillGood(a);
    }

    [Fact]
    public async Task Many_that_say_nothing_do_not_keep_others_out()
    {
        var a = NewSystem("a", "actorbroker.akka.remote { pending-handshakes = 10, handshake-timeout = 1h }");
        var silent = new List<Socket>();
        for (var i = 0; i < 40; i++)
            silent.Add(await ConnectTo(a));
        await ExpectStillGood(a);
        // The oldest had to go.
        await ExpectClosed(silent[0]);
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_frame_above_the_limit_after_the_introduction_closes_the_connection_without_an_allocation()
    {
        var a = NewSystem("a", Loud);
        var errors = Listen<Error>(a);
        using var socket = await Introduced(a, Far);
        var before = GC.GetTotalAllocatedBytes();
        await socket.SendAsync(new byte[] { 0, 0, 0, 0x7F, (byte)FrameKind.Message, 0, 0, 0 });
        await ExpectClosed(socket);
        Assert.Contains("limit", (await errors.Expect<Error>()).Message.ToString()!, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 50_000_000);
        await ExpectStillGood(a);
    }

    [Fact]
    public async Task Random_frames_after_the_introduction_harm_nobody()
    {
        var a = NewSystem("a");
        var seed = Environment.GetEnvironmentVariable("SEED") is { } text ? int.Parse(text) : 815;
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            using var socket = await Introduced(a, Far);
            for (var frame = 0; frame < 20; frame++)
            {
                var (header, payload) = (random.Next(60), random.Next(200));
                var bytes = new byte[Frame.PrefixBytes + header + payload];
                random.NextBytes(bytes);
                var kind = (FrameKind)random.Next(10, 23);
                Frame.WritePrefix(bytes, kind, header, kind == FrameKind.Message ? payload : 0);
                if (!await Try(socket.SendAsync(bytes)))
                    break;
            }
        }
        await ExpectStillGood(a);
    }

    [Theory]
    [InlineData(99, "X", "No serializer with id [99]")]
    [InlineData(17, "System.IO.FileInfo, System.Runtime", "Unknown manifest")]
    [InlineData(4, "System.IO.FileInfo, System.Runtime", "is no type of the configured serialization-bindings")]
    [InlineData(22, "T", "claims to be what it is not")]
    [InlineData(22, "Failed", "Unknown manifest")]
    public async Task A_message_that_no_configured_serializer_takes_is_dropped_with_an_error_and_the_connection_lives(
        int serializer, string manifest, string why)
    {
        var a = NewSystem("a", Loud);
        var errors = Listen<Error>(a);
        var probe = new Probe(a);
        using var socket = await Introduced(a, Far);
        var name = probe.Ref.Path.ToStringWithoutAddress();
        await socket.SendAsync(Message(name, serializer, manifest, []));
        var error = (await errors.Expect<Error>()).Message.ToString()!;
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Contains(name, error, StringComparison.Ordinal);
        await socket.SendAsync(Message(name, 17, "S", "fine"u8.ToArray()));
        await probe.Expect("fine");
    }

    [Fact]
    public async Task Who_claims_another_nodes_address_does_not_make_that_nodes_system_messages_begin_anew()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var (first, second) = (Echo(b), Echo(b));
        var probe = new Probe(a);
        await probe.Watch(Seen(a, first, b));
        await Until(() => Association(a, b).IsConnected && Association(a, b).UnacknowledgedSystemMessages == 0);
        using (await Introduced(b, AddressOf(a)))
        {
            // It is in; the connection before it is closed.
        }

        await probe.Watch(Seen(a, second, b));
        b.Stop(first);
        b.Stop(second);
        var ended = new[] { (await probe.Expect<Terminated>()).ActorRef, (await probe.Expect<Terminated>()).ActorRef };
        Assert.Equal(new[] { Seen(a, first, b), Seen(a, second, b) }.Order(), ended.Order());
    }

    private static byte[] Message(string recipient, int serializer, string manifest, byte[] payload)
    {
        var frame = Frame.Of(FrameKind.Message, w =>
        {
            w.Count(1);
            w.Text(recipient);
            w.Count(0);
            w.Int32(serializer);
            w.Count(1);
            w.Text(manifest);
        });
        Frame.WritePrefix(frame, FrameKind.Message, frame.Length - Frame.PrefixBytes, payload.Length);
        return [.. frame, .. payload];
    }

    private static async Task<Socket> ConnectTo(ActorSystem system)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, AddressOf(system).Port!.Value);
        return socket;
    }

    private static async Task<Socket> Introduced(ActorSystem to, Address from)
    {
        var socket = await ConnectTo(to);
        await socket.SendAsync(new Hello(from, 5, AddressOf(to), 100_000, "").ToFrame());
        var answer = new byte[Frame.PrefixBytes + 16];
        Assert.Equal(answer.Length, await socket.ReceiveAsync(answer));
        Assert.Equal((byte)FrameKind.Welcome, answer[4]);
        return socket;
    }

    private static async Task ExpectClosed(Socket socket)
    {
        var buffer = new byte[1024];
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) > 0)
            {
                // A refusal, say.
            }
        }
        catch (SocketException)
        {
            // Closed with bytes unread.
        }
    }

    private static async Task<bool> Try(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ExpectStillGood(ActorSystem system)
    {
        var other = NewSystem("other");
        Assert.Equal(1, await Seen(other, Echo(system), system).Ask<int>(1, Patience));
    }
}
