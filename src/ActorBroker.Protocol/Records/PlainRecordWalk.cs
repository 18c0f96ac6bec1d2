namespace ActorBroker.Protocol.Records;

/// <summary>The pass over the records of an uncompressed batch.</summary>
internal static class PlainRecordWalk
{
    public static RecordError? Run(RecordBatchView batch, ref RecordCheck check)
    {
        var section = batch.RecordsSection;
        var count = batch.RecordCount;
        var fields = default(RecordFields);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var fault = RecordFields.ReadLength(section, ref at, out var length);
            if (fault == RecordFault.None) fault = fields.Parse(section, at, length);
            if (fault != RecordFault.None) return Refuse(fault, i, at);
            at += length;
            check.Accept(in fields, i);
        }
        return at == section.Length ? null : Refuse(RecordFault.BytesRemaining, count, at);
    }

    /// <summary>Kafka answers an endless length with an internal error, every other fault with INVALID_RECORD.</summary>
    private static RecordError Refuse(RecordFault fault, int index, int at) => BatchValidator.Refuse(
        fault == RecordFault.BadLengthVarint ? ErrorCode.UnknownServerError : ErrorCode.InvalidRecord,
        $"record {index} at byte {at} of the section: {fault}");
}
