using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>A shard actor of a region.</summary>
internal sealed class HostedShard(string id, IActorRef actor)
{
    private HashSet<IActorRef>? _handOffRequesters;

    public string Id => id;

    public IActorRef Actor => actor;

    public bool IsHandingOff => _handOffRequesters is not null;

    /// <summary>Who waits to hear that the shard has stopped, but the first: the shard itself tells that one.</summary>
    public IEnumerable<IActorRef> LateRequesters => _handOffRequesters ?? [];

    /// <summary>True when this is the first hand-off.</summary>
    public bool BeginHandOff(IActorRef requester)
    {
        if (_handOffRequesters is null)
        {
            _handOffRequesters = [];
            return true;
        }
        _handOffRequesters.Add(requester);
        return false;
    }
}
