using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Partitions;

/// <summary>Queues of appends: from the gateway's threads to the leader's turn.</summary>
internal static class AppendQueues
{
    private static readonly AppendRequest s_closed = new ClosedMark();

    public static HandoverQueue<AppendRequest> New() => new(s_closed);

    private sealed class ClosedMark : AppendRequest
    {
        public override void Complete(in AppendResult result) =>
            throw new InvalidOperationException("The mark of a closed queue was completed.");
    }
}
