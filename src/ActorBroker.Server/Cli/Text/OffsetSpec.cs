using System.Globalization;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Text;

internal enum OffsetKind
{
    Start,
    End,
    Absolute,
    FromEnd,
    Timestamp,
}

/// <summary>Where to begin: <c>start</c>, <c>end</c>, an offset, <c>-N</c> (N records before the end) or <c>@time</c>.</summary>
internal readonly record struct OffsetSpec(OffsetKind Kind, long Number = 0)
{
    public const string Help = "start, end, N, -N (that many before the end), or @time: " + TimeText.PointHelp;

    public static bool TryParse(string text, DateTimeOffset now, out OffsetSpec spec)
    {
        spec = default;
        switch (text)
        {
            case "start" or "beginning" or "earliest":
                spec = new OffsetSpec(OffsetKind.Start);
                return true;
            case "end" or "latest":
                spec = new OffsetSpec(OffsetKind.End);
                return true;
        }

        if (text.StartsWith('@'))
        {
            if (!TimeText.TryParsePoint(text[1..], now, out var timestampMs)) return false;
            spec = new OffsetSpec(OffsetKind.Timestamp, timestampMs);
            return true;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
        spec = number < 0 || text.StartsWith('-') ? new OffsetSpec(OffsetKind.FromEnd, -number) : new OffsetSpec(OffsetKind.Absolute, number);
        return true;
    }

    /// <summary>Offsets within the range that the log has.</summary>
    public async Task<Dictionary<TopicPartition, long>> ResolveAsync(
        KafkaClient client, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancel, sbyte isolation = 0)
    {
        var starts = await client.FindOffsetsAsync(partitions, OffsetCalls.Earliest, cancel).ConfigureAwait(false);
        var ends = await client.FindOffsetsAsync(partitions, OffsetCalls.Latest, cancel, isolation).ConfigureAwait(false);
        var atTime = Kind == OffsetKind.Timestamp ? await client.FindOffsetsAsync(partitions, Number, cancel).ConfigureAwait(false) : null;
        var resolved = new Dictionary<TopicPartition, long>();
        foreach (var at in partitions)
        {
            var (start, end) = (starts[at].Offset, ends[at].Offset);
            var wanted = Kind switch
            {
                OffsetKind.Start => start,
                OffsetKind.End => end,
                OffsetKind.Absolute => Number,
                OffsetKind.FromEnd => end - Number,
                _ => atTime![at].Offset is >= 0 and var found ? found : end,
            };
            resolved[at] = Math.Clamp(wanted, start, Math.Max(start, end));
        }

        return resolved;
    }
}
