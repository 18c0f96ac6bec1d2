using System.Globalization;
using System.Text;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Collects the records that a topic's rules reject, in Kafka's words; made on the first one only. One bad timestamp makes the whole
/// answer INVALID_TIMESTAMP, else it is INVALID_RECORD.
/// </summary>
internal sealed class RecordFailures(int maxListed)
{
    private const int ShownInMessage = 3;

    private readonly List<RecordFailure> _listed = [];
    private bool _anyTimestamp;

    public int Count { get; private set; }

    public void AddMissingKey(int index, in BatchRules rules)
    {
        if (!Next()) return;
        const string text = "Compacted topic cannot accept message without key in topic partition";
        _listed.Add(new(index, $"{text} {rules.Topic}-{rules.Partition}"));
    }

    public void AddOutOfRange(int index, long timestamp, long offset, in BatchRules rules)
    {
        _anyTimestamp = true;
        if (!Next()) return;
        var (from, to) = unchecked((rules.NowMs - rules.TimestampBeforeMaxMs, rules.NowMs + rules.TimestampAfterMaxMs));
        _listed.Add(new(index, string.Create(CultureInfo.InvariantCulture,
            $"Timestamp {timestamp} of message with offset {offset} is out of range. The timestamp should be within [{from}, {to}]")));
    }

    public void AddLogAppendTime(int index, long timestamp, in RecordFields record, long baseOffset, bool compressed)
    {
        _anyTimestamp = true;
        if (!Next()) return;
        var kind = compressed ? "PartialDefaultRecord" : "DefaultRecord";
        var (key, value) = (Math.Max(record.KeyLength, 0), Math.Max(record.ValueLength, 0));
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{kind}(offset={baseOffset + record.OffsetDelta}, timestamp={timestamp}, key={key} bytes, value={value} bytes)");
        _listed.Add(new(index, $"Invalid timestamp type in message {text}. Producer should not set timestamp type to LogAppendTime."));
    }

    public RecordError ToError()
    {
        if (_anyTimestamp)
        {
            const string text = "One or more records have been rejected due to invalid timestamp";
            return new RecordError(ErrorCode.InvalidTimestamp, text, text, _listed);
        }
        var message = new StringBuilder();
        message.Append(CultureInfo.InvariantCulture, $"One or more records have been rejected due to {Count} record errors in total, ");
        message.Append("and only showing the first three errors at most: [");
        for (var i = 0; i < Math.Min(ShownInMessage, _listed.Count); i++)
        {
            if (i > 0) message.Append(", ");
            var (index, text) = _listed[i];
            message.Append(CultureInfo.InvariantCulture, $"RecordError(batchIndex={index}, message='{text}')");
        }
        message.Append(']');
        return new RecordError(ErrorCode.InvalidRecord, message.ToString(), message.ToString(), _listed);
    }

    private bool Next() => ++Count <= maxListed;
}
