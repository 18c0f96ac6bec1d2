using ActorBroker.Core.Metadata;

namespace ActorBroker.Actors.Controller;

/// <summary>The controller's snapshot: the whole image.</summary>
public sealed record MetadataSnapshot(MetadataImage Image);
