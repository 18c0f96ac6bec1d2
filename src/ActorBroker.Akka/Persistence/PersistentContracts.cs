using Akka.Actor;

namespace Akka.Persistence;

// What the extension and its plugins know of a persistent actor.

public interface IPersistentIdentity
{
    /// <summary>Names the actor's events and snapshots, over restarts and nodes.</summary>
    string PersistenceId { get; }

    /// <summary>Configuration path of the journal; null or empty is the default one.</summary>
    string? JournalPluginId { get; }

    /// <summary>Configuration path of the snapshot store; null or empty is the default one.</summary>
    string? SnapshotPluginId { get; }
}

public interface IPersistenceRecovery
{
    Recovery Recovery { get; }
}

public interface IPersistenceStash : IWithUnboundedStash
{
    IStashOverflowStrategy InternalStashOverflowStrategy { get; }
}
