using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Server.Start;

/// <summary>Begins a life of this node in its cluster: opens the lanes, finds the other nodes, joins, follows the metadata.</summary>
internal static class ClusterMembership
{
    private static readonly TimeSpan s_joinLimit = TimeSpan.FromSeconds(120);

    public static async Task<ClusterSession> JoinAsync(ClusterPlan plan, NodeParts parts, NodeActors actors)
    {
        var isVoter = plan.Seeds.Contains(plan.Self);
        var session = ClusterSession.Open(plan, parts.Config, parts.Akka, isVoter, () => VotersOf(plan, actors));
        try
        {
            actors.Use(session.Control);
            actors.StartLane(session.Bulk, session.Incarnation);
            var cluster = Cluster.Get(session.Control);
            var self = cluster.SelfAddress;
            cluster.JoinSeedNodes(plan.Seeds.Select(seed => new Address(self.Protocol, self.System, seed.Host, seed.Port)).ToImmutableList());
            var settings = ControllerSettings.From(parts.Config, parts.Storage.ClusterId.Length > 0 ? parts.Storage.ClusterId : Uuid.NewRandom().ToString());
            if (await actors.JoinControllerAsync(settings, session.Incarnation, isVoter, s_joinLimit).ConfigureAwait(false)) return session;
            throw new StartException(
                $"No controller was found within {s_joinLimit.TotalSeconds:0} s: do a majority of the nodes at {string.Join(", ", plan.Seeds)} run and reach this one?");
        }
        catch
        {
            await session.EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ImmutableArray<int> VotersOf(ClusterPlan plan, NodeActors actors) =>
    [
        .. actors.Metadata.Current.Brokers.Values
            .Where(broker => broker.Lanes is { } lanes && plan.Seeds.Contains(new NodeAddress(lanes.Host, lanes.ControlPort)))
            .Select(broker => broker.Id),
    ];
}
