namespace ActorBroker.Actors.Controller;

/// <summary>What the metadata say about this node that is not as it should be.</summary>
public enum PresenceGap
{
    None,

    /// <summary>The metadata do not know the node.</summary>
    Missing,

    /// <summary>It counts as down although it serves.</summary>
    Fenced,

    /// <summary>Another process has registered under the node's id.</summary>
    Replaced,
}
