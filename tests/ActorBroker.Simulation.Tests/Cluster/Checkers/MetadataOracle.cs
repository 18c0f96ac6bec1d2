using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Checkers;

/// <summary>
/// The metadata log as whoever first saw a position of it saw it. Everybody else has to see the same there, and the image that stands at the
/// end of it is what is true of the cluster.
/// </summary>
internal sealed class MetadataOracle(SimWorld world)
{
    private readonly List<MetadataBatch> _batches = [];

    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    /// <summary>Called with the image before and after each committed batch.</summary>
    public Action<MetadataImage, MetadataImage>? OnCommitted { get; set; }

    /// <summary>A node takes the batch at this position for committed.</summary>
    public void Seen(int node, long offset, MetadataBatch batch)
    {
        if (offset < _batches.Count)
        {
            if (!Same(_batches[(int)offset], batch)) world.Violate("MetadataAgree", $"node {node} has another batch at {offset}");
            return;
        }
        if (offset > _batches.Count) world.Violate("MetadataWithoutHoles", $"node {node} has {offset}, nobody has {_batches.Count}");
        if (batch.ControllerEpoch < Image.ControllerEpoch)
            world.Violate("NoOldController", $"epoch {batch.ControllerEpoch} committed at {offset} after {Image.ControllerEpoch}");
        _batches.Add(batch);
        var before = Image;
        Image = Image.Apply(batch);
        OnCommitted?.Invoke(before, Image);
    }

    /// <summary>An image that came as a whole is the one that the batches give.</summary>
    public void CheckImage(int node, MetadataImage image)
    {
        if (image.Offset > Image.Offset) world.Violate("MetadataWithoutHoles", $"node {node} has an image at {image.Offset}, committed is {Image.Offset}");
        var expected = MetadataImage.Empty;
        for (var i = 0; i <= image.Offset; i++) expected = expected.Apply(_batches[i]);
        if (!BytesOf(new MetadataBatch(0, expected.ToRecords())).AsSpan().SequenceEqual(BytesOf(new MetadataBatch(0, image.ToRecords()))))
            world.Violate("ImagesAgree", $"node {node} has another image at {image.Offset}");
    }

    private static bool Same(MetadataBatch one, MetadataBatch other) =>
        ReferenceEquals(one, other) || BytesOf(one).AsSpan().SequenceEqual(BytesOf(other));

    private static byte[] BytesOf(MetadataBatch batch)
    {
        using var writer = new WireWriter();
        MetadataRecordCodec.WriteBatch(writer, batch);
        return writer.WrittenSpan.ToArray();
    }
}
