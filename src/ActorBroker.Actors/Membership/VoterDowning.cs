using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Actors.Membership;

/// <summary>
/// The downing provider of a node (<c>akka.cluster.downing-provider-class</c>): voters decide together, see
/// <see cref="Core.Membership.WatchMachine"/>. Singletons and shards move at once when a member is gone: what keeps a second owner from
/// doing harm is the ballot of the quorum journal and the epochs, not a margin of time.
///
/// Akka.Cluster makes it with these two arguments.
/// </summary>
public sealed class VoterDowning : IDowningProvider
{
    private readonly ActorSystem _system;

    public VoterDowning(ActorSystem system, Cluster cluster)
    {
        _ = cluster;
        _system = system;
    }

    /// <summary>The dispatcher on which the heartbeats run: a thread of their own, so that no load delays them.</summary>
    public const string DispatcherId = "actorbroker.membership.dispatcher";

    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    public Props DowningActorProps
    {
        get
        {
            var setup = _system.Settings.Setup.Get<MembershipSetup>();
            if (!setup.HasValue)
                throw new InvalidOperationException($"The actor system was made without {nameof(MembershipSetup)}; downing cannot be decided.");
            var given = setup.Value;
            return Props.Create(() => new DowningActor(given)).WithDispatcher(DispatcherId);
        }
    }
}
