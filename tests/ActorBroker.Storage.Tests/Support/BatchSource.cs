using System.Text;
using ActorBroker.Core.Kernel;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Recovery;

namespace ActorBroker.Storage.Tests.Support;

/// <summary>Makes batches as an owner would hand them to a log.</summary>
internal static class BatchSource
{
    public const long Epoch2024 = 1_704_067_200_000;

    /// <summary>A plain batch of so many records, whose values tell their offsets.</summary>
    public static LogBatch Plain(BufferPool pool, long baseOffset, int records, int leaderEpoch = 0, int valueBytes = 20, long? timestampMs = null)
    {
        var options = new RecordBatchOptions { BaseOffset = baseOffset, LeaderEpoch = leaderEpoch };
        return Build(pool, options, records, valueBytes, timestampMs ?? Epoch2024 + baseOffset);
    }

    public static LogBatch From(BufferPool pool, long baseOffset, long producerId, short epoch, int sequence, int records = 1, bool transactional = false) =>
        Build(
            pool,
            new RecordBatchOptions
            {
                BaseOffset = baseOffset, LeaderEpoch = 0, ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional,
            },
            records,
            20,
            Epoch2024 + baseOffset);

    public static LogBatch Marker(BufferPool pool, long baseOffset, long producerId, short epoch, bool commit, int coordinatorEpoch = 0)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = baseOffset, LeaderEpoch = 0, ProducerId = producerId, ProducerEpoch = epoch, IsTransactional = true, IsControl = true,
        });
        ControlRecord.AppendEndTransaction(builder, Epoch2024 + baseOffset, commit, coordinatorEpoch);
        return Lease(pool, builder.Build().Span);
    }

    /// <summary>Keyed records; a null value is a tombstone.</summary>
    public static LogBatch Keyed(
        BufferPool pool, long baseOffset, IReadOnlyList<(string Key, string? Value)> records, CompressionCodec codec = CompressionCodec.None,
        long producerId = -1, short epoch = -1, int sequence = -1, bool transactional = false, long? timestampMs = null)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = baseOffset, LeaderEpoch = 0, Codec = codec, ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence,
            IsTransactional = transactional,
        });
        foreach (var (key, value) in records)
            builder.Append(timestampMs ?? Epoch2024 + baseOffset, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
        return Lease(pool, builder.Build().Span);
    }

    public static LogBatch Lease(BufferPool pool, ReadOnlySpan<byte> bytes)
    {
        var buffer = pool.Rent(bytes.Length);
        bytes.CopyTo(buffer.Array);
        var view = new RecordBatchView(bytes);
        return new LogBatch
        {
            Buffer = buffer,
            Length = bytes.Length,
            BaseOffset = view.BaseOffset,
            LeaderEpoch = view.PartitionLeaderEpoch,
            Facts = BatchFactsOf.Header(view),
        };
    }

    private static LogBatch Build(BufferPool pool, in RecordBatchOptions options, int records, int valueBytes, long timestampMs)
    {
        using var builder = new RecordBatchBuilder(options);
        for (var i = 0; i < records; i++)
        {
            var value = new byte[Math.Max(valueBytes, 20)];
            new Random((int)options.BaseOffset + i).NextBytes(value);
            Encoding.UTF8.GetBytes($"v{options.BaseOffset + i}").AsSpan().CopyTo(value);
            builder.Append(timestampMs + i, Encoding.UTF8.GetBytes($"k{options.BaseOffset + i}"), value);
        }
        return Lease(pool, builder.Build().Span);
    }
}
