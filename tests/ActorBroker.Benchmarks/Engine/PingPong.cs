using Akka.Actor;

namespace ActorBroker.Benchmarks.Engine;

/// <summary>Two actors send the same message back and forth, many at a time.</summary>
internal static class PingPong
{
    private static readonly object Ball = new();

    public static async Task<long> Run(ActorSystem system, int messages, int outstanding)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pong = system.ActorOf(Props.Create(() => new Pong()));
        var ping = system.ActorOf(Props.Create(() => new Ping(pong, messages / 2, outstanding, done)));
        ping.Tell("start", ActorRefs.NoSender);
        await done.Task;
        system.Stop(ping);
        system.Stop(pong);
        return messages;
    }

    private sealed class Pong : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Ping(IActorRef pong, int count, int outstanding, TaskCompletionSource done) : UntypedActor
    {
        private int _toSend = count;
        private int _toReceive = count;

        protected override void OnReceive(object message)
        {
            if (message is string)
            {
                for (var i = 0; i < outstanding; i++)
                    Serve();
                return;
            }
            if (--_toReceive == 0)
                done.TrySetResult();
            else if (_toSend > 0)
                Serve();
        }

        private void Serve()
        {
            _toSend--;
            pong.Tell(Ball, Self);
        }
    }
}
