using ActorBroker.Protocol.Records;

namespace ActorBroker.Storage.Recovery;

/// <summary>The facts of a batch that is in the log already: its header is taken at its word.</summary>
internal static class BatchFactsOf
{
    public static BatchFacts Header(in RecordBatchView view) => new()
    {
        SizeInBytes = view.SizeInBytes,
        RecordCount = view.RecordCount,
        LastOffsetDelta = view.LastOffsetDelta,
        BaseTimestamp = view.BaseTimestamp,
        MaxTimestamp = view.MaxTimestamp,
        OffsetDeltaOfMaxTimestamp = view.LastOffsetDelta,
        ProducerId = view.ProducerId,
        ProducerEpoch = view.ProducerEpoch,
        BaseSequence = view.BaseSequence,
        Attributes = view.Attributes,
    };
}
