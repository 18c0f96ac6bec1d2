using ActorBroker.Actors.Membership;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace ActorBroker.Actors.Hosting;

/// <summary>Where the actor systems of a node in a cluster listen, and what the node is there.</summary>
public sealed record LaneSettings(int NodeId, bool IsVoter, string Host, int Port, string AdvertisedHost, string BulkHost, int BulkPort);

/// <summary>
/// Akka's keys for a node in a cluster, under whatever the operator sets: the control lane (Akka.Cluster, Sharding, singletons, heartbeats)
/// and the bulk lane, a second actor system without a cluster that carries replicated data, so that no heartbeat waits behind it.
/// </summary>
public static class ClusterConfig
{
    /// <summary>The role of the nodes that keep the metadata.</summary>
    public const string VoterRole = "voter";

    /// <summary>Largest message of the control lane: a snapshot of the metadata has to fit.</summary>
    private const int ControlFrameBytes = 64 * 1024 * 1024;

    /// <summary>Largest message of the bulk lane: a window of records and what surrounds it.</summary>
    private const int BulkFrameBytes = 8 * 1024 * 1024;

    public static Config Control(LaneSettings lanes)
    {
        var roles = lanes.IsVoter ? $"\"{MembershipSetup.RoleOf(lanes.NodeId)}\", \"{VoterRole}\"" : $"\"{MembershipSetup.RoleOf(lanes.NodeId)}\"";
        return ConfigurationFactory.ParseString($$"""
            akka {
              actor.provider = cluster
              cluster {
                roles = [{{roles}}]
                seed-nodes = []
                downing-provider-class = "{{typeof(VoterDowning).FullName}}, {{typeof(VoterDowning).Assembly.GetName().Name}}"
                run-coordinated-shutdown-when-down = off
                shutdown-after-unsuccessful-join-seed-nodes = off
                retry-unsuccessful-join-after = 1s
                seed-node-timeout = 1s
                gossip-interval = 200ms
                leader-actions-interval = 200ms
                unreachable-nodes-reaper-interval = 200ms
                periodic-tasks-initial-delay = 100ms
                allow-weakly-up-members = 1s
                publish-stats-interval = off
                failure-detector {
                  heartbeat-interval = 500ms
                  acceptable-heartbeat-pause = 2s
                  expected-response-after = 500ms
                }
                singleton.hand-over-retry-interval = 100ms
                singleton-proxy {
                  singleton-identification-interval = 100ms
                  buffer-size = 1000
                }
                sharding {
                  state-store-mode = persistence
                  remember-entities = off
                  role = ""
                  retry-interval = 200ms
                  coordinator-failure-backoff = 200ms
                  rebalance-interval = 1h
                  passivate-idle-entity-after = off
                }
              }
            }
            {{Lane(lanes.Host, lanes.Port, lanes.AdvertisedHost, ControlFrameBytes)}}
            {{VoterDowning.DispatcherId}} {
              type = PinnedDispatcher
            }
            """);
    }

    public static Config Bulk(LaneSettings lanes) => ConfigurationFactory.ParseString($$"""
        akka.actor.provider = remote
        {{Lane(lanes.BulkHost, lanes.BulkPort, lanes.AdvertisedHost, BulkFrameBytes)}}
        """);

    /// <summary>
    /// Sharding's and the singleton's own defaults, to be put under everything else on the control lane: serializers and bindings are read
    /// once, when the actor system is created, and messages of these two would otherwise find only the serializer that refuses.
    /// </summary>
    public static Config Reference() => ClusterSharding.DefaultConfig().WithFallback(ClusterSingletonManager.DefaultConfig());

    private static string Lane(string host, int port, string advertised, int frameBytes) => $$"""
        akka.remote {
          log-remote-lifecycle-events = off
          retry-gate-closed-for = 500ms
          dot-netty.tcp {
            hostname = "{{host}}"
            port = {{port}}
            public-hostname = "{{advertised}}"
            maximum-frame-size = {{frameBytes}}b
          }
        }
        """;
}
