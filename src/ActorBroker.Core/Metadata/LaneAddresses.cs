namespace ActorBroker.Core.Metadata;

/// <summary>
/// Where the other nodes reach a node: its control lane (cluster membership, commands, metadata) and its bulk lane (replication). Clients
/// never see these addresses.
/// </summary>
public sealed record LaneAddresses(string Host, int ControlPort, int BulkPort);
