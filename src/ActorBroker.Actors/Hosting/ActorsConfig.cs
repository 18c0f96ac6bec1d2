using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Journal;
using ActorBroker.Actors.Membership;
using ActorBroker.Actors.Partitions;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Actors.Serialization;
using Akka.Configuration;

namespace ActorBroker.Actors.Hosting;

/// <summary>
/// What the actor system of a node must be configured with, under whatever the operator sets. Plain Akka.NET keys: dispatchers, journal
/// and snapshot plugins,
/// serializers and their bindings, <see cref="object"/> bound to the one that refuses.
/// </summary>
public static class ActorsConfig
{
    /// <param name="journalDirectory">Where the journal's file and the snapshots are kept.</param>
    public static Config For(string journalDirectory) => ConfigurationFactory.ParseString($$"""
        akka {
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            serializers {
              actorbroker-refusing = "{{TypeName(typeof(RefusingSerializer))}}"
              actorbroker-partition = "{{TypeName(typeof(PartitionEventSerializer))}}"
              actorbroker-metadata = "{{TypeName(typeof(MetadataSerializer))}}"
              actorbroker-controller = "{{TypeName(typeof(ControllerMessageSerializer))}}"
              actorbroker-replication = "{{TypeName(typeof(ReplicationSerializer))}}"
              actorbroker-membership = "{{TypeName(typeof(MembershipSerializer))}}"
            }
            serialization-bindings {
              "System.Object" = actorbroker-refusing
              {{Bind("actorbroker-membership", [typeof(Ping), typeof(Pong), typeof(Suspicions)])}}
              "{{TypeName(typeof(LeadershipGranted))}}" = actorbroker-partition
              "{{TypeName(typeof(LogStartMoved))}}" = actorbroker-partition
              "{{TypeName(typeof(StartLeading))}}" = actorbroker-replication
              "{{TypeName(typeof(ReplicationEnvelope))}}" = actorbroker-replication
              "{{TypeName(typeof(Core.Metadata.MetadataBatch))}}" = actorbroker-metadata
              "{{TypeName(typeof(MetadataSnapshot))}}" = actorbroker-metadata
              {{Bind("actorbroker-controller", ControllerMessageSerializer.Messages)}}
            }
            serialization-identifiers {
              "{{TypeName(typeof(RefusingSerializer))}}" = 9200
              "{{TypeName(typeof(PartitionEventSerializer))}}" = 9201
              "{{TypeName(typeof(ReplicationSerializer))}}" = 9220
            }
          }
          persistence {
            max-concurrent-recoveries = 256
            journal {
              plugin = "{{LocalJournal.PluginId}}"
              actorbroker {
                class = "{{TypeName(typeof(LocalJournal))}}"
                plugin-dispatcher = "akka.actor.default-dispatcher"
                path = "{{Path.Combine(journalDirectory, "actorbroker.journal")}}"
              }
            }
            snapshot-store {
              plugin = "{{LocalSnapshotStore.PluginId}}"
              actorbroker {
                class = "{{TypeName(typeof(LocalSnapshotStore))}}"
                plugin-dispatcher = "akka.actor.default-dispatcher"
                path = "{{journalDirectory}}"
              }
            }
          }
        }
        {{PartitionDispatcher.Id}} {
          type = Dispatcher
          throughput = 64
        }
        """);

    /// <summary>
    /// What the actor system of the bulk lane must be configured with: replication's serializer and no other. Host, port and the size of its
    /// frames are the composition root's.
    /// </summary>
    public static Config ForBulkLane() => ConfigurationFactory.ParseString($$"""
        akka {
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            provider = remote
            serializers {
              actorbroker-refusing = "{{TypeName(typeof(RefusingSerializer))}}"
              actorbroker-replication = "{{TypeName(typeof(ReplicationSerializer))}}"
            }
            serialization-bindings {
              "System.Object" = actorbroker-refusing
              "{{TypeName(typeof(ReplicationEnvelope))}}" = actorbroker-replication
            }
            serialization-identifiers {
              "{{TypeName(typeof(RefusingSerializer))}}" = 9200
              "{{TypeName(typeof(ReplicationSerializer))}}" = 9220
            }
          }
        }
        """);

    private static string Bind(string serializer, IEnumerable<Type> types) =>
        string.Join(Environment.NewLine, types.Select(type => $"\"{TypeName(type)}\" = {serializer}"));

    private static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
