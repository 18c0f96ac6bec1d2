using ActorBroker.Core.Quorum;
using Akka.Configuration;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// What a cluster's control-lane actor system must be configured with for the metadata quorum: the two plugins, the serializer, and that
/// Cluster Sharding's coordinator uses them. Put under whatever the operator sets, together with <c>ActorsConfig</c>.
/// </summary>
public static class QuorumConfig
{
    private const string ShardingJournal = "akka.cluster.sharding.journal-plugin-id";
    private const string ShardingSnapshots = "akka.cluster.sharding.snapshot-plugin-id";

    public static Config Default() => ConfigurationFactory.ParseString($$"""
        akka {
          actor {
            serializers.actorbroker-quorum = "{{TypeName(typeof(QuorumSerializer))}}"
            serialization-bindings {
              "{{TypeName(typeof(BallotWon))}}" = actorbroker-quorum
              "{{TypeName(typeof(QuorumCall))}}" = actorbroker-quorum
              "{{TypeName(typeof(QuorumAnswer))}}" = actorbroker-quorum
              "{{TypeName(typeof(QuorumPart))}}" = actorbroker-quorum
              "{{TypeName(typeof(WhoAreYou))}}" = actorbroker-quorum
              "{{TypeName(typeof(IAm))}}" = actorbroker-quorum
            }
            serialization-identifiers {
              "{{TypeName(typeof(QuorumSerializer))}}" = 9210
            }
          }
          persistence {
            journal.actorbroker-quorum {
              class = "{{TypeName(typeof(QuorumJournal))}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              recovery-event-timeout = 30s
              circuit-breaker {
                max-failures = 1000000
                call-timeout = 60s
                reset-timeout = 1s
              }
              replay-filter.mode = off
            }
            snapshot-store.actorbroker-quorum {
              class = "{{TypeName(typeof(QuorumSnapshotStore))}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              circuit-breaker {
                max-failures = 1000000
                call-timeout = 60s
                reset-timeout = 1s
              }
            }
          }
          cluster.sharding {
            journal-plugin-id = "{{QuorumJournal.PluginId}}"
            snapshot-plugin-id = "{{QuorumSnapshotStore.PluginId}}"
          }
        }
        """);

    /// <summary>
    /// Why a cluster must not start with this configuration; null when it may. A single node may keep its metadata in any journal; several
    /// nodes have one truth only if a majority of the voters keeps it.
    /// </summary>
    /// <param name="system">The control lane's configuration, fallbacks included.</param>
    /// <param name="controllerJournal">The plugin id that the controller is given; empty takes the actor system's.</param>
    /// <param name="controllerSnapshots">Likewise its snapshot store.</param>
    public static string? WhyRefused(Config system, string controllerJournal, string controllerSnapshots)
    {
        var journal = controllerJournal.Length > 0 ? controllerJournal : system.GetString("akka.persistence.journal.plugin", "");
        var snapshots = controllerSnapshots.Length > 0 ? controllerSnapshots : system.GetString("akka.persistence.snapshot-store.plugin", "");
        return Compare("The controller's journal", journal, QuorumJournal.PluginId)
            ?? Compare("The controller's snapshot store", snapshots, QuorumSnapshotStore.PluginId)
            ?? Compare(ShardingJournal, system.GetString(ShardingJournal, ""), QuorumJournal.PluginId)
            ?? Compare(ShardingSnapshots, system.GetString(ShardingSnapshots, ""), QuorumSnapshotStore.PluginId);
    }

    private static string? Compare(string what, string found, string wanted) => found == wanted
        ? null
        : $"{what} is '{found}'. A cluster keeps its metadata on a majority of its voters: it must be {wanted}. Another journal is for a single node " +
          "(no --cluster-listen).";

    private static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
