using System.Collections.Immutable;

namespace ActorBroker.Core.Metadata;

/// <summary>Committed metadata on its way from the controller to a node.</summary>
/// <param name="Term">The controller's epoch; a node that knows a higher one refuses it.</param>
public abstract record MetadataPush(int Term)
{
    /// <summary>The offset at which the image stands that comes of it.</summary>
    public abstract long LastOffset { get; }
}

/// <summary>Consecutive batches, as <see cref="MetadataRecordCodec"/> writes them.</summary>
/// <param name="FirstOffset">The offset of the first batch.</param>
public sealed record MetadataBatchesPush(int Term, long FirstOffset, ImmutableArray<ReadOnlyMemory<byte>> Batches) : MetadataPush(Term)
{
    public override long LastOffset => FirstOffset + Batches.Length - 1;
}

/// <summary>A whole image, as <see cref="MetadataRecordCodec"/> writes it.</summary>
public sealed record MetadataSnapshotPush(int Term, long Offset, ReadOnlyMemory<byte> Bytes) : MetadataPush(Term)
{
    public override long LastOffset => Offset;
}
