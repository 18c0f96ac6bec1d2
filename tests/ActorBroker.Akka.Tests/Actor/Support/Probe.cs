using System.Threading.Channels;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor.Support;

/// <summary>An actor that hands what it gets to the test, in order.</summary>
public sealed class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

    public Probe(ActorSystem system)
    {
        var writer = _received.Writer;
        Ref = system.ActorOf(Props.Create(() => new Receiver(writer)));
    }

    public IActorRef Ref { get; }

    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    public async Task<object> Next()
    {
        using var limit = new CancellationTokenSource(Patience);
        var (message, sender) = await _received.Reader.ReadAsync(limit.Token);
        LastSender = sender;
        return message;
    }

    public async Task<T> Expect<T>() => Assert.IsType<T>(await Next(), exactMatch: false);

    public async Task<T> Expect<T>(T expected)
    {
        var message = await Expect<T>();
        Assert.Equal(expected, message);
        return message;
    }

    public async Task ExpectAll(params object[] expected)
    {
        foreach (var message in expected)
            Assert.Equal(message, await Next());
    }

    /// <summary>Nothing else came before this.</summary>
    public async Task ExpectNothingBefore(object marker)
    {
        Ref.Tell(marker, ActorRefs.NoSender);
        Assert.Equal(marker, await Next());
    }

    /// <summary>When this completes the subject knows its watcher.</summary>
    public Task Watch(IActorRef subject) => Ref.Ask<string>(new WatchThis(subject), Patience);

    public async Task ExpectTerminated(IActorRef subject) => Assert.Equal(subject, (await Expect<Terminated>()).ActorRef);

    private sealed record WatchThis(IActorRef Subject) : INoSerializationVerificationNeeded;

    private sealed class Receiver(ChannelWriter<(object, IActorRef)> received) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is WatchThis watch)
            {
                Context.Watch(watch.Subject);
                Sender.Tell("watching");
            }
            else
            {
                received.TryWrite((message, Sender));
            }
        }
    }
}
