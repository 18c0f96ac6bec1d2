using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Cluster.Sharding.Serialization;
using Akka.Cluster.Tools.Singleton;

namespace Akka.Cluster.Sharding;

/// <summary>Puts the reference configuration of sharding below a system's, and its serializer into it.</summary>
internal static class ShardingReference
{
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<ActorSystem, object> Installed = [];

    public static void Install(ExtendedActorSystem system)
    {
        SingletonReference.Install(system);
        lock (Gate)
        {
            if (!Installed.TryAdd(system, system.Name))
                return;
            system.Settings.InjectTopLevelFallback(ClusterSharding.DefaultConfig());
            var serializer = new ClusterShardingMessageSerializer(system);
            system.Serialization.AddSerializer("akka-sharding", serializer);
            system.Serialization.AddSerializationMap(typeof(IClusterShardingSerializable), serializer);
        }
    }
}
