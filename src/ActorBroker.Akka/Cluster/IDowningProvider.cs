using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// Decides which unreachable members are downed (<c>akka.cluster.downing-provider-class</c>). An implementation has a constructor
/// that takes the <see cref="ActorSystem"/> and the <see cref="Cluster"/>.
/// </summary>
public interface IDowningProvider
{
    /// <summary>How long after the removal of a downed member its singletons and shards may start elsewhere.</summary>
    TimeSpan DownRemovalMargin { get; }

    /// <summary>The actor that decides; null for none.</summary>
    Props? DowningActorProps { get; }
}
