using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using ActorBroker.Server.Telemetry;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>
/// Begins a life of this node in its cluster: opens the lanes, finds out which cluster the node belongs to and who is up
/// (<see cref="BootstrapPlanner"/>), joins, follows the metadata. Waits as long as it takes for a majority of the voters, and says for whom.
/// </summary>
internal static class ClusterMembership
{
    private static readonly TimeSpan s_upLimit = TimeSpan.FromSeconds(30);

    public static async Task<ClusterSession> JoinAsync(ClusterPlan plan, NodeParts parts, NodeActors actors, ILogger log)
    {
        while (true)
        {
            if (await TryJoinAsync(plan, parts, actors, log).ConfigureAwait(false) is { } session) return session;
            NodeMessages.NotJoined(log, $"no controller was found within {s_upLimit.TotalSeconds:0} s");
        }
    }

    private static async Task<ClusterSession?> TryJoinAsync(ClusterPlan plan, NodeParts parts, NodeActors actors, ILogger log)
    {
        var directory = parts.Storage.JournalDirectory;
        var store = QuorumStore.Open(directory, parts.Config.Int("node.id"));
        ClusterSession session;
        try
        {
            session = ClusterSession.Open(plan, parts.Config, parts.Akka, IsVoter(store, plan, parts), parts.Storage.NextIncarnation(), log);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        try
        {
            var access = await FindClusterAsync(session, store, plan, parts).ConfigureAwait(false);
            parts.Storage.Join(access.ClusterId);
            actors.Use(session.Control);
            actors.StartLane(session.Bulk, session.Incarnation);
            var settings = ControllerSettings.From(parts.Config, access.ClusterId) with
            {
                JournalPluginId = QuorumJournal.PluginId,
                SnapshotPluginId = QuorumSnapshotStore.PluginId,
            };
            if (await actors.JoinControllerAsync(settings, session.Incarnation, access.IsVoter, s_upLimit).ConfigureAwait(false)) return session;
            await actors.DetachAsync(s_upLimit).ConfigureAwait(false);
            await session.EndAsync().ConfigureAwait(false);
            return null;
        }
        catch
        {
            await session.EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<QuorumAccess> FindClusterAsync(ClusterSession session, QuorumStore store, ClusterPlan plan, NodeParts parts)
    {
        var directory = parts.Storage.JournalDirectory;
        var settings = QuorumSettings.From(parts.Config);
        var access = QuorumAccess.Get(session.Control);
        var self = new LaneAddress(plan.AdvertisedHost, plan.Port);
        var local = parts.Storage.ClusterId.Length > 0 ? parts.Storage.ClusterId : null;
        var isForeign = local is not null && store.Machine.ClusterId.Length == 0;
        access.Start(
            new QuorumNode(parts.Config.Int("node.id"), session.Incarnation, self, directory), store, QuorumProperties.Read(directory), settings, null);
        var request = new BootstrapRequest([.. plan.Seeds.Select(seed => new LaneAddress(seed.Host, seed.Port))])
        {
            LocalClusterId = local,
            Imported = isForeign ? LocalJournalImport.Read(Path.Combine(directory, "actorbroker.journal"), directory, "controller") : [],
        };
        var cluster = Cluster.Get(session.Control);
        cluster.RegisterOnMemberUp(() => access.Joined(true));
        switch (await access.BootstrapAsync(request, settings).ConfigureAwait(false))
        {
            case JoinSelf:
                session.Form();
                break;
            case JoinNodes join:
                var own = cluster.SelfAddress;
                cluster.JoinSeedNodes(join.Nodes.Select(node => new Address(own.Protocol, own.System, node.Host, node.Port)).ToImmutableList());
                break;
            case RefuseStart refuse:
                throw new StartException(refuse.Reason);
        }

        return access;
    }

    /// <summary>Whether the node may run the controller: a voter on record, or one of the seeds while there is no record.</summary>
    private static bool IsVoter(QuorumStore store, ClusterPlan plan, NodeParts parts) => store.Machine.ClusterId.Length > 0
        ? store.Machine.Voters.Find(parts.Config.Int("node.id"))?.FileId == store.Machine.FileId
        : plan.Seeds.Contains(plan.Self);
}
