using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Answers of a region to questions about it.</summary>
internal static class RegionQueries
{
    public static bool Answer(
        IShardRegionQuery query,
        IActorRef? coordinator,
        IReadOnlyCollection<HostedShard> shards,
        ClusterShardingSettings settings,
        IActorContext context)
    {
        switch (query)
        {
            case GetCurrentRegions when coordinator is not null:
                coordinator.Tell(query, context.Sender);
                return true;
            case GetCurrentRegions:
                context.Sender.Tell(new CurrentRegions(ImmutableHashSet<Address>.Empty), context.Self);
                return true;
            case GetShardRegionState:
                _ = States(shards, settings.ShardRegionQueryTimeout).PipeTo(context.Sender, context.Self);
                return true;
            default:
                return false;
        }
    }

    private static async Task<CurrentShardRegionState> States(IReadOnlyCollection<HostedShard> shards, TimeSpan timeout)
    {
        var questions = shards.Select(s => (s.Id, Answer: s.Actor.Ask<ShardState>(GetShardState.Instance, timeout))).ToArray();
        var states = ImmutableHashSet.CreateBuilder<ShardState>();
        var failed = ImmutableHashSet.CreateBuilder<string>();
        foreach (var (id, answer) in questions)
        {
            try
            {
                states.Add(await answer.ConfigureAwait(false));
            }
            catch (Exception e) when (e is AskTimeoutException or OperationCanceledException)
            {
                failed.Add(id);
            }
        }
        return new CurrentShardRegionState(states.ToImmutable(), failed.ToImmutable());
    }
}
