using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Metadata;

/// <summary>Images and batches as bytes: two images are the same when their snapshots are.</summary>
internal static class ImageBytes
{
    public static byte[] Of(MetadataImage image)
    {
        using var writer = new WireWriter();
        MetadataRecordCodec.WriteSnapshot(writer, image);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] Of(MetadataBatch batch)
    {
        using var writer = new WireWriter();
        MetadataRecordCodec.WriteBatch(writer, batch);
        return writer.WrittenSpan.ToArray();
    }

    public static MetadataBatch ReadBatch(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var batch = MetadataRecordCodec.ReadBatch(ref reader);
        reader.ExpectEnd();
        return batch;
    }

    public static MetadataBatch RoundTrip(MetadataBatch batch) => ReadBatch(Of(batch));

    public static MetadataImage RoundTrip(MetadataImage image)
    {
        var reader = new WireReader(Of(image));
        var read = MetadataRecordCodec.ReadSnapshot(ref reader);
        reader.ExpectEnd();
        return read;
    }
}
