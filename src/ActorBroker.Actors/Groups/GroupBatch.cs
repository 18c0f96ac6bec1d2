using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;
using Akka.Actor;

namespace ActorBroker.Actors.Groups;

/// <summary>One append of many groups' decisions; tells its partition's actor how it goes.</summary>
internal sealed class GroupBatch : AppendRequest
{
    private readonly IActorRef _owner;

    public GroupBatch(IActorRef owner, IReadOnlyList<WriteRecords> writes, ReadOnlySpan<byte> batch, BufferPool pool)
    {
        _owner = owner;
        Writes = writes;
        Buffer = pool.Rent(batch.Length);
        Length = batch.Length;
        batch.CopyTo(Buffer.Span(0, batch.Length));
        var view = new RecordBatchView(batch);
        Facts = new BatchFacts
        {
            SizeInBytes = batch.Length,
            RecordCount = view.RecordCount,
            LastOffsetDelta = view.LastOffsetDelta,
            BaseTimestamp = view.BaseTimestamp,
            MaxTimestamp = view.MaxTimestamp,
            ProducerId = view.ProducerId,
            ProducerEpoch = view.ProducerEpoch,
            BaseSequence = view.BaseSequence,
            Attributes = view.Attributes,
            UncompressedBytes = view.RecordsSection.Length,
        };
        Acks = -1;
        IsInternal = true;
    }

    public IReadOnlyList<WriteRecords> Writes { get; }

    public int RecordCount => Facts.RecordCount;

    /// <summary>Exclusive; set once it is known that the log has the batch.</summary>
    public long EndOffset { get; set; } = -1;

    public bool IsAppended => EndOffset >= 0;

    public override void Appended(long baseOffset) => _owner.Tell(new BatchAppended(this, baseOffset), ActorRefs.NoSender);

    public override void Complete(in AppendResult result)
    {
        Buffer.Release();
        _owner.Tell(new BatchEnded(this, result), ActorRefs.NoSender);
    }
}
