using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>A request of a client; the answer names the same call.</summary>
internal abstract record ClientCall(long Call);

internal sealed record ProduceCall(long Call, string Topic, int Partition, short Acks, SimBatch Batch, int TimeoutMs) : ClientCall(Call);

internal sealed record FetchCall(long Call, string Topic, int Partition, long Offset) : ClientCall(Call);

internal sealed record MetadataCall(long Call) : ClientCall(Call);

internal sealed record GroupCall(long Call, GroupCommand Command) : ClientCall(Call);

/// <summary>An administrator's command; the node passes it to the controller.</summary>
internal sealed record AdminCall(long Call, ControllerCommand Command) : ClientCall(Call);

internal abstract record ClientAnswer(long Call, ErrorCode Error);

internal sealed record ProduceAnswer(long Call, ErrorCode Error, long BaseOffset) : ClientAnswer(Call, Error);

internal sealed record FetchAnswer(long Call, ErrorCode Error, IReadOnlyList<SimBatch> Batches, int LeaderEpoch, long HighWatermark)
    : ClientAnswer(Call, Error);

internal sealed record MetadataAnswer(long Call, MetadataImage Image) : ClientAnswer(Call, ErrorCode.None);

/// <param name="LeaderEpoch">Of the groups' partition at who answers.</param>
internal sealed record GroupCallAnswer(long Call, ErrorCode Error, GroupReply? Reply, int LeaderEpoch) : ClientAnswer(Call, Error);

internal sealed record AdminAnswer(long Call, ErrorCode Error, ControllerReply? Reply) : ClientAnswer(Call, Error);
