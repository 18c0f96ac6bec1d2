using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorBroker.Server.Cli.Bench;

/// <summary>Counts of a run, its progress line and its result.</summary>
internal sealed class BenchReport
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _records;
    private long _bytes;
    private long _lastRecords;
    private long _lastBytes;
    private TimeSpan _lastAt;

    public long Records => Volatile.Read(ref _records);

    public long Bytes => Volatile.Read(ref _bytes);

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public Dictionary<string, LatencyHistogram> Latencies { get; } = [];

    public void Add(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>A line a second on standard error until cancelled: over the last second, percentiles since the start.</summary>
    public async Task ShowProgressAsync(TextWriter error, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false)) error.WriteLine(Progress());
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    public JsonNode Json(string what)
    {
        var seconds = Elapsed.TotalSeconds;
        var tree = new JsonObject
        {
            ["bench"] = what,
            ["records"] = Records,
            ["bytes"] = Bytes,
            ["seconds"] = Math.Round(seconds, 3),
            ["recordsPerSecond"] = Math.Round(Records / seconds, 1),
            ["megabytesPerSecond"] = Math.Round(Bytes / seconds / 1e6, 3),
        };
        foreach (var (name, histogram) in Latencies)
        {
            tree[name] = new JsonObject
            {
                ["count"] = histogram.Count,
                ["meanMicros"] = Math.Round(histogram.MeanMicros),
                ["p50Micros"] = histogram.Percentile(50),
                ["p90Micros"] = histogram.Percentile(90),
                ["p99Micros"] = histogram.Percentile(99),
                ["p999Micros"] = histogram.Percentile(99.9),
                ["maxMicros"] = histogram.MaxMicros,
            };
        }

        return tree;
    }

    public void Text(TextWriter writer)
    {
        var seconds = Elapsed.TotalSeconds;
        writer.WriteLine(Invariant(
            $"{Records} records, {Bytes / 1e6:0.0} MB in {seconds:0.00} s: {Records / seconds:0} records/s, {Bytes / seconds / 1e6:0.0} MB/s"));
        foreach (var (name, h) in Latencies)
        {
            if (h.Count == 0) continue;
            writer.Write(Invariant($"{name} ms: p50 {Ms(h, 50)}, p90 {Ms(h, 90)}, p99 {Ms(h, 99)}, p99.9 {Ms(h, 99.9)}, "));
            writer.WriteLine(Invariant($"max {h.MaxMicros / 1e3:0.00}, mean {h.MeanMicros / 1e3:0.00}"));
        }
    }

    private string Progress()
    {
        var (now, records, bytes) = (Elapsed, Records, Bytes);
        var seconds = Math.Max(1e-3, (now - _lastAt).TotalSeconds);
        var line = Invariant(
            $"{now.TotalSeconds,6:0.0} s {records,12} records {(records - _lastRecords) / seconds,10:0} /s {(bytes - _lastBytes) / seconds / 1e6,8:0.0} MB/s");
        foreach (var (name, h) in Latencies)
            if (h.Count > 0) line += Invariant($"  {name} p50 {Ms(h, 50)} p99 {Ms(h, 99)} ms");
        (_lastAt, _lastRecords, _lastBytes) = (now, records, bytes);
        return line;
    }

    private static string Ms(LatencyHistogram histogram, double percent) =>
        (histogram.Percentile(percent) / 1e3).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
