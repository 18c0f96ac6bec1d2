using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>
/// Makes the test actor the sender of what a test sends. The engine takes a sender from the actor that runs on the thread; here the
/// thread of the test poses as the test actor, and a synchronization context carries that over the test's awaits.
/// </summary>
internal sealed class ImplicitSender(ActorCell? cell) : SynchronizationContext
{
    public static void Set(TestKitBase test, IActorRef testActor)
    {
        if (test is TestProbe)
            return;
        var cell = test is INoImplicitSender ? null : ((LocalActorRef)testActor).Cell;
        ActorCell.Current = cell;
        SetSynchronizationContext(new ImplicitSender(cell));
    }

    public static void Clear()
    {
        ActorCell.Current = null;
        if (Current is ImplicitSender)
            SetSynchronizationContext(null);
    }

    public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(_ => Run(d, state));

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    public override SynchronizationContext CreateCopy() => new ImplicitSender(cell);

    private void Run(SendOrPostCallback callback, object? state)
    {
        var (outerCell, outerContext) = (ActorCell.Current, Current);
        ActorCell.Current = cell;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            ActorCell.Current = outerCell;
            SetSynchronizationContext(outerContext);
        }
    }
}
