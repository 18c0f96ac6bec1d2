using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton.Serialization;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Puts the reference configuration of singletons below a system's, and their serializer into it. A system that was created
/// with <see cref="ClusterSingletonManager.DefaultConfig"/> as its fallback has both from its start.
/// </summary>
internal static class SingletonReference
{
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<ActorSystem, object> Installed = [];

    public static void Install(ExtendedActorSystem system)
    {
        lock (Gate)
        {
            if (!Installed.TryAdd(system, system.Name))
                return;
            system.Settings.InjectTopLevelFallback(ClusterSingletonManager.DefaultConfig());
            var serializer = new ClusterSingletonMessageSerializer(system);
            system.Serialization.AddSerializer("akka-singleton", serializer);
            system.Serialization.AddSerializationMap(typeof(IClusterSingletonMessage), serializer);
        }
    }
}
