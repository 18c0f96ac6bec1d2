using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Produce;

/// <summary>One partition of a produce request, from the parsed entry to its part of the response. Pooled with its operation.</summary>
internal sealed class ProduceAppend(ProduceOperation operation) : AppendRequest
{
    /// <summary>The partition's number as the client named it.</summary>
    public int PartitionIndex;

    /// <summary>Where the records lie in the frame's buffer; a negative length is null.</summary>
    public int RecordsStart;
    public int RecordsLength;

    public IPartition? Target;
    public AppendResult Result;
    public IReadOnlyList<RecordFailure>? RecordFailures;

    /// <summary>Whom to ask instead (KIP-951), or -1.</summary>
    public int LeaderId = -1;
    public int CurrentLeaderEpoch = -1;

    /// <summary>True when the batch was rewritten into a buffer of its own.</summary>
    public bool OwnsBuffer;

    public override void Complete(in AppendResult result)
    {
        Result = result;
        operation.Settle();
    }

    public void Reset()
    {
        if (OwnsBuffer) Buffer.Release();
        OwnsBuffer = false;
        Buffer = null!;
        Next = null;
        Target = null;
        Facts = default;
        RecordFailures = null;
        Result = default;
        LeaderId = CurrentLeaderEpoch = -1;
    }
}
