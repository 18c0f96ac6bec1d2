using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Members are downed by <see cref="Cluster.Down"/> alone.</summary>
public sealed class NoDowning : IDowningProvider
{
    private readonly Cluster _cluster;

    public NoDowning(ActorSystem system, Cluster cluster) => _cluster = cluster;

    public TimeSpan DownRemovalMargin => _cluster.Settings.DownRemovalMargin;

    public Props? DowningActorProps => null;
}
