using Akka.Actor;

namespace ActorBroker.Benchmarks.Engine;

/// <summary>A parent makes many children, which all start, then stops them and sees them end.</summary>
internal static class StartStop
{
    public static async Task<long> Run(ActorSystem system, int actors)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parent = system.ActorOf(Props.Create(() => new Parent(actors, done)));
        parent.Tell("start", ActorRefs.NoSender);
        await done.Task;
        await parent.GracefulStop(TimeSpan.FromSeconds(10));
        return actors;
    }

    private sealed class Child(IActorRef parent) : UntypedActor
    {
        protected override void PreStart() => parent.Tell("started", Self);

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Parent(int count, TaskCompletionSource done) : UntypedActor
    {
        private int _started;
        private int _ended;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "start":
                    var self = Self;
                    var props = Props.Create(() => new Child(self));
                    for (var i = 0; i < count; i++)
                        Context.Watch(Context.ActorOf(props, null));
                    break;
                case "started" when ++_started == count:
                    foreach (var child in Context.GetChildren())
                        Context.Stop(child);
                    break;
                case Terminated when ++_ended == count:
                    done.TrySetResult();
                    break;
            }
        }
    }
}
