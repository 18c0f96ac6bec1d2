using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

// What users, entities and operators say to a region.

/// <summary>A command to a region.</summary>
public interface IShardRegionCommand
{
}

/// <summary>A question to a region.</summary>
public interface IShardRegionQuery
{
}

/// <summary>
/// From an entity to its parent, the shard: stop me with this message. Messages that come in the meantime wait, and start the
/// entity again when it has stopped.
/// </summary>
public sealed class Passivate : IShardRegionCommand, INoSerializationVerificationNeeded
{
    public Passivate(object stopMessage) => StopMessage = stopMessage;

    public object StopMessage { get; }
}

/// <summary>To a region: hand all shards off and stop then.</summary>
public sealed class GracefulShutdown : IShardRegionCommand, INoSerializationVerificationNeeded
{
    public static readonly GracefulShutdown Instance = new();

    private GracefulShutdown()
    {
    }
}

/// <summary>Asks for the addresses of all regions of the type; answered with <see cref="CurrentRegions"/>.</summary>
public sealed class GetCurrentRegions : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetCurrentRegions Instance = new();

    private GetCurrentRegions()
    {
    }

    public override string ToString() => "GetCurrentRegions";
}

public sealed class CurrentRegions : IClusterShardingSerializable
{
    public readonly IImmutableSet<Address> Regions;

    public CurrentRegions(IImmutableSet<Address> regions) => Regions = regions;

    public override string ToString() => $"CurrentRegions({string.Join(", ", Regions)})";
}

/// <summary>Asks one region for its shards and entities; answered with <see cref="CurrentShardRegionState"/>.</summary>
public sealed class GetShardRegionState : IShardRegionQuery, INoSerializationVerificationNeeded
{
    public static readonly GetShardRegionState Instance = new();

    private GetShardRegionState()
    {
    }

    public override string ToString() => "GetShardRegionState";
}

public sealed class CurrentShardRegionState : INoSerializationVerificationNeeded
{
    public readonly IImmutableSet<ShardState> Shards;

    /// <summary>Shards that did not answer in time.</summary>
    public readonly IImmutableSet<string> Failed;

    public CurrentShardRegionState(IImmutableSet<ShardState> shards, IImmutableSet<string> failed)
    {
        Shards = shards;
        Failed = failed;
    }

    public override string ToString() => $"CurrentShardRegionState[shards={string.Join(", ", Shards)}, failed={string.Join(", ", Failed)}]";
}

public sealed class ShardState : INoSerializationVerificationNeeded
{
    public readonly string ShardId;
    public readonly IImmutableSet<string> EntityIds;

    public ShardState(string shardId, IImmutableSet<string> entityIds)
    {
        ShardId = shardId;
        EntityIds = entityIds;
    }

    public override string ToString() => $"ShardState({ShardId}, [{string.Join(", ", EntityIds)}])";
}
