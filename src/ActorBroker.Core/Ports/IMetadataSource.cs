using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Ports;

/// <summary>The node's published metadata image. An answer that depends on a committed change waits until the image shows it.</summary>
public interface IMetadataSource
{
    MetadataImage Current { get; }

    /// <summary>Completes when <see cref="Current"/> stands at <paramref name="offset"/> or beyond; false when the limit passes
    /// first.</summary>
    Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel);
}
