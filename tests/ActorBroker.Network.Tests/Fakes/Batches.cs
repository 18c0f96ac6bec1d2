using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>Record batches and produce requests for tests.</summary>
internal static class Batches
{
    public static byte[] Build(int records = 1, int valueBytes = 10, long timestamp = 1000, CompressionCodec codec = CompressionCodec.None,
        bool transactional = false, bool control = false)
    {
        var options = new RecordBatchOptions
        {
            Codec = codec,
            IsTransactional = transactional,
            IsControl = control,
            ProducerId = transactional ? 5 : -1,
            ProducerEpoch = (short)(transactional ? 0 : -1),
            BaseSequence = transactional ? 0 : -1,
        };
        using var builder = new RecordBatchBuilder(options);
        for (var i = 0; i < records; i++) builder.Append(timestamp, NullableBytes.Null, new byte[valueBytes]);
        return builder.Build().ToArray();
    }

    public static ProduceRequest Produce(string topic, int partition, ReadOnlyMemory<byte>? records, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = topic,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = records }],
            },
        ],
    };
}
