using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>
/// Makes the test actor the sender of what a test sends. The engine takes a sender from the actor that runs on the thread; a test
/// poses as its test actor there. That has to follow the test over its awaits to other threads, and must not stay on a thread that
/// the test has left: an execution context does both, and tells here when a thread enters or leaves one. A thread may enter it in
/// the middle of an actor's run (a continuation that runs inline), so what it was before comes back on leaving.
/// </summary>
internal static class ImplicitSender
{
    private static readonly AsyncLocal<ActorCell?> Sender = new(static change => Changed(change.PreviousValue, change.CurrentValue));

    [ThreadStatic]
    private static Stack<ActorCell?>? _outer;

    public static void Set(TestKitBase test, IActorRef testActor)
    {
        if (test is not INoImplicitSender)
            Sender.Value = ((LocalActorRef)testActor).Cell;
    }

    public static void Clear() => Sender.Value = null;

    private static void Changed(ActorCell? before, ActorCell? now)
    {
        _outer ??= new Stack<ActorCell?>();
        if (before is null)
            _outer.Push(ActorCell.Current);
        ActorCell.Current = now ?? (_outer.TryPop(out var outer) ? outer : null);
    }
}
