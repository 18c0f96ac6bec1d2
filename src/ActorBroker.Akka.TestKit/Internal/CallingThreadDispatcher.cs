using Akka.Actor;
using Akka.Dispatch;

namespace Akka.TestKit.Internal;

/// <summary>
/// Runs an actor on the thread that sends to it, so that what a test sends to a test actor has arrived when the send returns. While
/// the actor runs on one thread, what others send is handled there too.
/// </summary>
internal sealed class CallingThreadDispatcher(string id)
    : MessageDispatcher(new DispatcherSettings(id, int.MaxValue, 0, TimeSpan.FromSeconds(1)))
{
    private static readonly string[] Ids = ["akka.test.calling-thread-dispatcher", "akka.test.test-actor.dispatcher"];

    public static void RegisterIn(ActorSystem system)
    {
        foreach (var id in Ids)
            system.Dispatchers.Register(id, new CallingThreadDispatcher(id));
    }

    internal override void Execute(IThreadPoolWorkItem work) => work.Execute();
}
