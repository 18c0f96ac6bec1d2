using Akka.Actor;
using Akka.Cluster.Sharding;
using ActorBroker.Akka.Tests.Cluster.Support;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>Nodes with a region each, on one journal, with short intervals.</summary>
public abstract class ShardingTest : ClusterTest
{
    protected const string TypeName = "entity";

    private readonly string _journal = Guid.NewGuid().ToString();

    internal EntityLedger Ledger { get; } = new();

    internal SteeredStrategy Steered { get; } = new();

    internal SharedLog CoordinatorLog => SharedJournal.LogOf(_journal, $"/system/sharding/{TypeName}Coordinator/singleton/coordinator");

    internal int Snapshots => SharedSnapshots.Count(_journal);

    internal string Settings => $$"""
        akka {
          actor {
            serializers.entity = "ActorBroker.Akka.Tests.Sharding.Support.EntityMessageSerializer, ActorBroker.Akka.Tests"
            serialization-bindings {
              "ActorBroker.Akka.Tests.Sharding.Support.EntityMessage, ActorBroker.Akka.Tests" = entity
              "ActorBroker.Akka.Tests.Sharding.Support.EntityReply, ActorBroker.Akka.Tests" = entity
            }
          }
          persistence {
            journal.shared {
              class = "ActorBroker.Akka.Tests.Sharding.Support.SharedJournal, ActorBroker.Akka.Tests"
              name = "{{_journal}}"
              circuit-breaker.max-failures = 1000
            }
            snapshot-store.shared { class = "ActorBroker.Akka.Tests.Sharding.Support.SharedSnapshots, ActorBroker.Akka.Tests", name = "{{_journal}}" }
          }
          cluster {
            singleton.hand-over-retry-interval = 100ms
            singleton-proxy.singleton-identification-interval = 50ms
            sharding {
              journal-plugin-id = "akka.persistence.journal.shared"
              snapshot-plugin-id = "akka.persistence.snapshot-store.shared"
              retry-interval = 200ms
              rebalance-interval = 50ms
              coordinator-failure-backoff = 100ms
              handoff-timeout = 10s
              passivate-idle-entity-after = off
            }
          }
        }
        """;

    internal IActorRef StartRegion(global::Akka.Cluster.Cluster node, Func<ClusterShardingSettings, ClusterShardingSettings>? change = null)
    {
        var sharding = ClusterSharding.Get(node.System);
        var port = PortOf(node);
        var ledger = Ledger;
        var settings = change is null ? sharding.Settings : change(sharding.Settings);
        return sharding.Start(
            TypeName,
            id => Props.Create(() => new LedgerEntity(id, port, ledger)),
            settings,
            new EntityExtractor(),
            Steered.On(port),
            StopEntity.Instance);
    }

    internal static int PortOf(global::Akka.Cluster.Cluster node) => node.SelfAddress.Port!.Value;

    /// <summary>The node where the entity answers.</summary>
    internal static async Task<int> Where(IActorRef region, string shard, string entity)
    {
        var reply = await region.Ask<EntityReply>(new EntityMessage(shard, entity, LedgerEntity.Where, 0), Patience);
        return reply.Port;
    }

    internal static Task<CurrentShardRegionState> StateOf(IActorRef region) =>
        region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Patience);
}
