using System.Collections.Immutable;
using ActorBroker.Core.Membership;
using Akka.Actor.Setup;

namespace ActorBroker.Actors.Membership;

/// <summary>
/// What the downing provider of a node has to know; given to the actor system at its creation, because Akka.Cluster makes the provider
/// itself. <paramref name="Voters"/> answers the committed voter set as this node knows it, on any thread.
/// </summary>
public sealed class MembershipSetup(int nodeId, WatchSettings settings, Func<ImmutableArray<int>> voters) : Setup
{
    private const string RolePrefix = "node-";

    private volatile Action<string>? _giveUp;

    public int NodeId => nodeId;
    public WatchSettings Settings => settings;
    public Func<ImmutableArray<int>> Voters => voters;

    /// <summary>
    /// Whom to tell when the cluster that this node has formed by itself is none (<see cref="FormationWatch"/>); null on a node that has
    /// joined others.
    /// </summary>
    public Action<string>? GiveUp => _giveUp;

    /// <summary>The node joins itself.</summary>
    public void Forms(Action<string> giveUp) => _giveUp = giveUp;

    /// <summary>The cluster role by which a member says which node it is.</summary>
    public static string RoleOf(int nodeId) => RolePrefix + nodeId;

    /// <summary>The node that a member's roles name, or -1.</summary>
    public static int NodeOf(IEnumerable<string> roles)
    {
        foreach (var role in roles)
            if (role.StartsWith(RolePrefix, StringComparison.Ordinal) && int.TryParse(role.AsSpan(RolePrefix.Length), out var node)) return node;
        return -1;
    }
}
