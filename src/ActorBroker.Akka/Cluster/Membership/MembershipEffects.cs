using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// What a membership machine wants done, in order, and the choice of whom it gossips to. Only nodes that this one can reach get gossip.
/// </summary>
internal sealed class MembershipEffects(UniqueAddress self, MembershipRules rules, Random random)
{
    private List<ClusterEffect> _effects = [];

    public IReadOnlyList<ClusterEffect> Take()
    {
        var effects = _effects;
        _effects = [];
        return effects;
    }

    public void Add(ClusterEffect effect) => _effects.Add(effect);

    public void Log(string text, LogLevel level = LogLevel.InfoLevel) => Add(new ClusterEffect.Log(level, text));

    public void Publish(MembershipState state) => Add(new ClusterEffect.Publish(state));

    public void Send(UniqueAddress node, IClusterMessage message) => Add(new ClusterEffect.Send(node, message));

    public void Gossip(MembershipState state, UniqueAddress node)
    {
        if (state.IsValidTarget(node))
            Send(node, new GossipEnvelope(self, node, state.Gossip));
    }

    public void Status(MembershipState state, UniqueAddress node)
    {
        if (state.IsValidTarget(node))
            Send(node, new GossipStatus(self, state.Gossip.Version));
    }

    /// <summary>To some at once: one that must know, the leader, who waits for it, and any others.</summary>
    public void Spread(MembershipState state, UniqueAddress? first = null, UniqueAddress? except = null)
    {
        var targets = state.Members.Select(m => m.UniqueAddress).Where(n => n != except && state.IsValidTarget(n)).ToArray();
        if (targets.Length > MembershipRules.PromptTargets)
        {
            random.Shuffle(targets);
            targets = [.. targets.OrderBy(n => n == first ? 0 : n == state.Leader ? 1 : 2)];
        }
        foreach (var target in targets.Take(MembershipRules.PromptTargets))
            Gossip(state, target);
    }

    /// <summary>To one, rather to one who has not seen the latest; who has gets only the version.</summary>
    public void Periodic(MembershipState state)
    {
        var gossip = state.Gossip;
        var others = state.Members.Select(m => m.UniqueAddress).Where(state.IsValidTarget).ToArray();
        if (others.Length == 0)
            return;
        var behind = random.NextDouble() < rules.DifferentViewProbabilityFor(gossip.Members.Count)
            ? others.Where(n => !gossip.SeenBy(n)).ToArray()
            : [];
        var peer = behind.Length > 0 ? behind[random.Next(behind.Length)] : others[random.Next(others.Length)];
        if (gossip.SeenBy(peer))
            Status(state, peer);
        else
            Gossip(state, peer);
    }
}
