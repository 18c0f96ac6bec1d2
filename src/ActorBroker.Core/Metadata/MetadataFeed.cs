using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// What the controller has for the nodes that follow it: the committed image, and the bytes of the batches that led to it, as many as a
/// budget allows. A follower that is where a kept batch begins gets batches, one that is further behind the image. The bytes are made once
/// for all followers, so the memory of the feed does not depend on how many there are or how slow they are.
///
/// Begins anew with each term: what was recovered is the image, and what is committed from then on are batches.
/// </summary>
public sealed class MetadataFeed(long maxBytes)
{
    private const int MaxPushBytes = 256 * 1024;

    private readonly LinkedList<ReadOnlyMemory<byte>> _batches = new();
    private long _bytes;
    private MetadataSnapshotPush? _snapshot;

    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    /// <summary>The offset of the first batch that is kept; one above the image when none is.</summary>
    private long FirstKept => Image.Offset - _batches.Count + 1;

    public void Begin(MetadataImage recovered)
    {
        Image = recovered;
        _batches.Clear();
        _bytes = 0;
        _snapshot = null;
    }

    /// <summary>Takes what has been committed; <paramref name="image"/> stands behind the last batch.</summary>
    public void Append(IReadOnlyList<MetadataBatch> batches, MetadataImage image)
    {
        if (image.Offset != Image.Offset + batches.Count)
            throw new InvalidOperationException($"{batches.Count} batches do not lead from {Image.Offset} to {image.Offset}.");
        foreach (var batch in batches)
        {
            using var writer = new WireWriter(1024);
            MetadataRecordCodec.WriteBatch(writer, batch);
            ReadOnlyMemory<byte> bytes = writer.WrittenSpan.ToArray();
            _batches.AddLast(bytes);
            _bytes += bytes.Length;
        }
        Image = image;
        _snapshot = null;
        while (_bytes > maxBytes && _batches.First is { } oldest)
        {
            _bytes -= oldest.Value.Length;
            _batches.RemoveFirst();
        }
    }

    /// <summary>What brings a follower on from an offset; null when it has everything.</summary>
    public MetadataPush? Next(long offset)
    {
        if (offset >= Image.Offset) return null;
        if (offset + 1 < FirstKept) return Snapshot();
        var skip = offset + 1 - FirstKept;
        var node = _batches.First;
        for (; skip > 0; skip--) node = node!.Next;
        var taken = new List<ReadOnlyMemory<byte>>();
        long size = 0;
        for (; node is not null && (taken.Count == 0 || size + node.Value.Length <= MaxPushBytes); node = node.Next)
        {
            taken.Add(node.Value);
            size += node.Value.Length;
        }
        return new MetadataBatchesPush(Image.ControllerEpoch, offset + 1, [.. taken]);
    }

    private MetadataSnapshotPush Snapshot()
    {
        if (_snapshot is not null) return _snapshot;
        using var writer = new WireWriter(64 * 1024);
        MetadataRecordCodec.WriteSnapshot(writer, Image);
        return _snapshot = new MetadataSnapshotPush(Image.ControllerEpoch, Image.Offset, writer.WrittenSpan.ToArray());
    }
}
