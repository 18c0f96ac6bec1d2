using System.Runtime.CompilerServices;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// What is asked of each record while a batch is walked: a key on compacted topics, a timestamp within bounds; and what is gathered: the
/// largest timestamp and who has it. Lives on the stack; only a rejected record allocates.
/// </summary>
internal ref struct RecordCheck
{
    private readonly ref readonly BatchRules _rules;
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _stampedTimestamp;
    private readonly bool _stamped;
    private readonly bool _compressed;
    private RecordFailures? _failures;

    public RecordCheck(RecordBatchView batch, ref readonly BatchRules rules)
    {
        _rules = ref rules;
        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _stampedTimestamp = batch.MaxTimestamp;
        _stamped = batch.Attributes.TimestampType == TimestampType.LogAppendTime;
        _compressed = batch.Attributes.Codec != Compression.CompressionCodec.None;
        MaxTimestamp = RecordBatchLayout.NoTimestamp;
    }

    public long MaxTimestamp { get; private set; }

    public int IndexOfMaxTimestamp { get; private set; }

    public readonly RecordError? Error => _failures?.ToError();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accept(in RecordFields record, int index)
    {
        var timestamp = _stamped ? _stampedTimestamp : unchecked(_baseTimestamp + record.TimestampDelta);
        if (timestamp > MaxTimestamp)
        {
            MaxTimestamp = timestamp;
            IndexOfMaxTimestamp = index;
        }
        if (_rules.IsCompacted && record.KeyLength < 0)
        {
            Failures.AddMissingKey(index, _rules);
        }
        else if (_rules.TimestampType == TimestampType.CreateTime && timestamp != RecordBatchLayout.NoTimestamp)
        {
            var age = unchecked(_rules.NowMs - timestamp);
            if (age > _rules.TimestampBeforeMaxMs || age < -_rules.TimestampAfterMaxMs)
                Failures.AddOutOfRange(index, timestamp, _baseOffset + record.OffsetDelta, _rules);
        }
        else if (_stamped)
        {
            Failures.AddLogAppendTime(index, timestamp, record, _baseOffset, _compressed);
        }
    }

    private RecordFailures Failures => _failures ??= new RecordFailures(_rules.MaxListedErrors);
}
