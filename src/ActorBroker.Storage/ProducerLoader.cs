using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Recovery;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Loads the producer table of a log that was closed in order: the newest sound snapshot, then the batch headers behind it. Whoever needs
/// it first does it, a reader that asks for the last stable offset included; the owner never changes the log before the table is there.
/// </summary>
internal static class ProducerLoader
{
    private const int ControlBatchMax = 4096;

    public static ProducerStateTable EnsureLoaded(LogState state)
    {
        lock (state.ProducersGate)
        {
            if (state.Producers is { } known) return known;
            var (table, from) = LoadSnapshot(state, state.LogEnd);
            if (from < state.LogEnd) Replay(state, table, from);
            Publish(state, table);
            return table;
        }
    }

    public static void Publish(LogState state, ProducerStateTable table)
    {
        table.AdvanceHighWatermark(state.HighWatermark);
        state.Producers = table;
        state.FirstUnstable = table.FirstUnstableOffset;
    }

    /// <summary>
    /// The newest snapshot at or below the offset that can be read; an empty table at the log's start when there is none.
    /// </summary>
    public static (ProducerStateTable Table, long Offset) LoadSnapshot(LogState state, long offsetMax)
    {
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = state.Snapshots.Count - 1; i >= 0; i--)
        {
            var offset = state.Snapshots[i];
            if (offset > offsetMax) continue;
            var path = state.Files.Of(offset, SegmentNames.Snapshot);
            try
            {
                return (ProducerSnapshot.Read(state.Files.Files.ReadAll(path), nowMs, state.Environment.Settings.ProducerExpirationMs), offset);
            }
            catch (Exception error) when (error is WireFormatException or LogIoException)
            {
                state.Files.Warn($"{path} is damaged: an older snapshot and the log have to do", error);
            }
        }
        var segments = state.Segments;
        return (new ProducerStateTable(), segments.Length > 0 ? segments[0].BaseOffset : state.LogEnd);
    }

    private static void Replay(LogState state, ProducerStateTable table, long from)
    {
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var segments = state.Segments;
        for (var i = Math.Max(0, LogState.Floor(segments, from)); i < segments.Length; i++)
        {
            var segment = segments[i];
            var start = segment.BaseOffset < from ? segment.Locate(from) : 0;
            var file = segment.Log.Acquire();
            try
            {
                var scan = new BatchScan(file, start, segment.Size, block);
                while (scan.MoveNext()) Apply(table, file, scan.Header, scan.Position);
                if (scan.IsBroken) throw segment.Corrupt(scan.Position, "no batch where one should be");
            }
            finally
            {
                segment.Log.Release();
            }
        }
    }

    private static void Apply(ProducerStateTable table, StorageFile file, in RecordBatchView header, long position)
    {
        if (!header.HasProducerId) return;
        var facts = BatchFactsOf.Header(header);
        if (!header.Attributes.IsControl)
        {
            table.Apply(facts, header.BaseOffset);
            return;
        }
        if (facts.SizeInBytes > ControlBatchMax) return;
        Span<byte> batch = stackalloc byte[facts.SizeInBytes];
        var baseOffset = header.BaseOffset;
        if (file.Read(batch, position) == batch.Length && EndTransactionMarker.TryRead(batch, out var marker))
            table.ApplyMarker(facts, baseOffset, marker);
    }
}
