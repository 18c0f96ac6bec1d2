using ActorBroker.Core.Kernel;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Ports;

/// <summary>
/// One validated record batch on its way into a partition's log. The gateway (or a coordinator) makes it, the partition completes it
/// exactly
/// once. It is its own queue node, so that handing it over costs no allocation; makers pool their requests.
/// The batch lies in <see cref="Buffer"/> from <see cref="Start"/> for <see cref="Length"/> bytes; the partition patches base offset and
/// leader
/// epoch there in place, and takes a lease of its own on the buffer where it keeps the bytes for its tail cache.
/// </summary>
public abstract class AppendRequest : HandoverNode<AppendRequest>
{
    public LeasedBuffer Buffer = null!;
    public int Start;
    public int Length;

    /// <summary>What validation found in the batch.</summary>
    public BatchFacts Facts;

    /// <summary>0, 1 or -1 (all in-sync replicas).</summary>
    public short Acks;

    /// <summary>Milliseconds that acks=-1 may wait for replication before REQUEST_TIMED_OUT.</summary>
    public int TimeoutMs;

    /// <summary>The leader epoch that the maker believes in, or -1. A mismatch is refused: what a coordinator decided under another
    /// epoch must not land.</summary>
    public int ExpectedLeaderEpoch = -1;

    /// <summary>True for the broker's own appends (coordinators): client-only checks are passed over.</summary>
    public bool IsInternal;

    /// <summary>
    /// Called at most once, before <see cref="Complete"/>, when an acks=-1 batch is in the leader's log and waits for its replicas: what
    /// it says is
    /// decided, though not yet safe to tell. On the partition's thread; must not block.
    /// </summary>
    public virtual void Appended(long baseOffset)
    {
    }

    /// <summary>Called exactly once, on any thread, after the append is settled; must not block. The partition touches nothing of the
    /// request afterwards.</summary>
    public abstract void Complete(in AppendResult result);
}
