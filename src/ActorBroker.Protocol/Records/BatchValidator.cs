namespace ActorBroker.Protocol.Records;

/// <summary>Checks what a client produces.</summary>
public static class BatchValidator
{
    /// <summary>Null when the batch may be appended.</summary>
    public static RecordError? Validate(ReadOnlySpan<byte> records, in BatchRules rules, out BatchFacts facts)
    {
        var view = new RecordBatchView(records);
        facts = default;
        if (!RecordBatchView.TryRead(records, out view) || !view.IsCrcValid)
            return new RecordError(ErrorCode.CorruptMessage, null, "CRC", []);
        facts = new BatchFacts
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
        return null;
    }
}
