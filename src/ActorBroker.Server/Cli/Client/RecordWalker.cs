using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// Walks the records of a fetched partition in order: checks checksums, decompresses, leaves out control records, what lies before the
/// asked offset, and under read_committed what belongs to aborted transactions (a producer's records from an aborted transaction's first
/// offset up to its marker).
/// </summary>
internal static class RecordWalker
{
    private static readonly DecompressionLimits Limits = new();

    /// <summary>False when the visitor ended the walk.</summary>
    public static bool Walk(FetchedPartition fetched, bool readCommitted, RecordVisitor visit)
    {
        var aborting = new HashSet<long>();
        var nextAborted = 0;
        for (var batches = new RecordBatches(fetched.Records.Span); batches.MoveNext();)
        {
            var batch = batches.Current;
            if (!batch.IsCrcValid) throw new ClientException($"{fetched.At}: batch at offset {batch.BaseOffset} fails its checksum");
            if (readCommitted)
            {
                for (; nextAborted < fetched.Aborted.Count && fetched.Aborted[nextAborted].FirstOffset <= batch.LastOffset; nextAborted++)
                    aborting.Add(fetched.Aborted[nextAborted].ProducerId);
            }

            if (batch.Attributes.IsControl)
            {
                aborting.Remove(batch.ProducerId);
                continue;
            }

            if (batch.Attributes.IsTransactional && aborting.Contains(batch.ProducerId)) continue;
            if (batch.LastOffset >= fetched.From && !WalkBatch(fetched, batch, visit)) return false;
        }

        return true;
    }

    private static bool WalkBatch(FetchedPartition fetched, RecordBatchView batch, RecordVisitor visit)
    {
        if (batch.Attributes.Codec == CompressionCodec.None) return WalkSection(fetched, batch, batch.RecordsSection, visit);
        using var plain = RecordCompression.Decompress(batch.Attributes.Codec, batch.RecordsSection, Limits);
        return WalkSection(fetched, batch, plain.Span, visit);
    }

    private static bool WalkSection(FetchedPartition fetched, RecordBatchView batch, ReadOnlySpan<byte> section, RecordVisitor visit)
    {
        var appendTime = batch.Attributes.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : (long?)null;
        for (var records = new RecordReader(section, batch.RecordCount); records.MoveNext();)
        {
            var offset = batch.BaseOffset + records.OffsetDelta;
            if (offset < fetched.From) continue;
            var record = new RecordSlice
            {
                At = fetched.At,
                Offset = offset,
                TimestampMs = appendTime ?? (batch.BaseTimestamp < 0 && records.TimestampDelta == 0 ? -1 : batch.BaseTimestamp + records.TimestampDelta),
                Key = records.KeyIsNull ? default : new NullableBytes(records.Key),
                Value = records.ValueIsNull ? default : new NullableBytes(records.Value),
                Headers = records.Headers,
                HeaderCount = records.HeaderCount,
            };
            if (!visit(record)) return false;
        }

        return true;
    }
}
