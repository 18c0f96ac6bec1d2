using Akka.Actor;

namespace ActorBroker.Benchmarks.Remote;

/// <summary>
/// Sends a number of messages to the sink of the other process, which answers each thousandth; no more than a window of
/// them is unanswered. Done when the last one is answered.
/// </summary>
internal static class Flood
{
    public const int Step = 1000;

    private const long WindowBytes = 64L * 1024 * 1024;
    private const int WindowMessages = 100 * Step;

    public static async Task Run(ActorSystem system, IActorRef sink, int count, Func<int, object> message)
    {
        var window = message(0) is byte[] bytes ? Math.Max(Step, (int)(WindowBytes / bytes.Length) / Step * Step) : WindowMessages;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(Props.Create(() => new Sender(sink, count, window, message, done)));
        actor.Tell("start", ActorRefs.NoSender);
        await done.Task;
        system.Stop(actor);
    }

    private sealed class Sender(IActorRef sink, int count, int window, Func<int, object> message, TaskCompletionSource done) : UntypedActor
    {
        private int _sent;
        private int _answered;

        protected override void OnReceive(object received)
        {
            if (received is int)
                _answered += Step;
            else
                sink.Tell("reset", Self);
            if (_answered >= count)
                done.TrySetResult();
            for (; _sent < count && _sent - _answered < window; _sent++)
                sink.Tell(message(_sent), Self);
        }
    }
}
