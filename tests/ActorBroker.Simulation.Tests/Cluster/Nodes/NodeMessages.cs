using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A command on its way to a node that may be the controller.</summary>
internal sealed record CommandMessage(long Call, ControllerCommand Command);

/// <summary>The reply is null when the command was not decided, or nobody knows.</summary>
internal sealed record CommandReplyMessage(long Call, ErrorCode Error, ControllerReply? Reply);

/// <summary>A follower of the metadata asks for what comes after its offset.</summary>
internal sealed record MetadataAsk(long Offset);

/// <summary>Committed batches that stand at consecutive offsets.</summary>
internal sealed record MetadataNews(int ControllerEpoch, long FirstOffset, IReadOnlyList<MetadataBatch> Batches);

/// <summary>The image, for a follower that needs batches which were cut.</summary>
internal sealed record MetadataWhole(MetadataImage Image);
