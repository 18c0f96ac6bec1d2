using ActorBroker.Core.Metadata;

namespace ActorBroker.Actors.Controller;

/// <summary>Where the controller puts what is committed, in order, before it answers; called on the controller's thread.</summary>
public interface IMetadataSink
{
    /// <summary>The offset of what was last put there, on any thread.</summary>
    long CommittedOffset { get; }

    /// <summary>A new controller has recovered this much; it is committed, but nothing of its own term is.</summary>
    void Recovered(MetadataImage image);

    /// <summary>The controller has ended; there is none here until the next <see cref="Recovered"/>.</summary>
    void Ended();

    /// <summary>These batches are durable and lead to the image.</summary>
    void Committed(IReadOnlyList<MetadataBatch> batches, MetadataImage image);
}
