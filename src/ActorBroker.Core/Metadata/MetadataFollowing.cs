using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// A node's copy of the metadata, kept up by what the controller pushes. A push of a lower term than one that was seen is refused: its
/// sender has been replaced. Batches count only where they continue the image; what is known already is skipped, a gap changes nothing and
/// the next report of the node's offset asks for what is missing.
///
/// Invariant: the image is at every moment the result of a prefix of the committed log.
/// </summary>
public sealed class MetadataFollowing(MetadataImage start)
{
    public MetadataImage Image { get; private set; } = start;

    /// <summary>The highest term of a controller that was heard of.</summary>
    public int Term { get; private set; } = start.ControllerEpoch;

    /// <summary>Hears of a controller; false when it has been replaced.</summary>
    public bool Hear(int term)
    {
        if (term < Term) return false;
        Term = term;
        return true;
    }

    /// <summary>Takes a push; true when the image has moved. Throws <see cref="WireFormatException"/> for bytes of a newer
    /// release.</summary>
    public bool Accept(MetadataPush push)
    {
        if (!Hear(push.Term) || push.LastOffset <= Image.Offset) return false;
        return push switch
        {
            MetadataSnapshotPush snapshot => Install(snapshot),
            MetadataBatchesPush batches => Fold(batches),
            _ => throw new ArgumentException($"A push of type {push.GetType().Name} is unknown.", nameof(push)),
        };
    }

    private bool Install(MetadataSnapshotPush push)
    {
        var reader = new WireReader(push.Bytes);
        var image = MetadataRecordCodec.ReadSnapshot(ref reader);
        reader.ExpectEnd();
        if (image.Offset != push.Offset) throw new WireFormatException($"snapshot at {image.Offset} was announced as one at {push.Offset}");
        Image = image;
        return true;
    }

    private bool Fold(MetadataBatchesPush push)
    {
        if (push.FirstOffset > Image.Offset + 1) return false;
        var delta = new MetadataDelta(Image);
        var epoch = Image.ControllerEpoch;
        for (var i = (int)(Image.Offset + 1 - push.FirstOffset); i < push.Batches.Length; i++)
        {
            var reader = new WireReader(push.Batches[i]);
            var batch = MetadataRecordCodec.ReadBatch(ref reader);
            reader.ExpectEnd();
            if (batch.ControllerEpoch < epoch)
                throw new WireFormatException($"batch of controller epoch {batch.ControllerEpoch} after epoch {epoch}");
            epoch = batch.ControllerEpoch;
            delta.Apply(batch.Records);
        }
        Image = delta.ToImage(push.LastOffset);
        return true;
    }
}
