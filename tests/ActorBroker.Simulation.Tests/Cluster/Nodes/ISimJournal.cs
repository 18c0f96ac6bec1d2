using ActorBroker.Core.Metadata;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>The controller's journal as a persistent actor sees it: recovery, then atomic writes, then and now a snapshot. Lost is final.</summary>
internal interface ISimJournal
{
    /// <summary>The snapshot, everything after it, and the ballot that this owner has won; or never.</summary>
    void Recover(Action<MetadataImage?, IReadOnlyList<MetadataBatch>, long> then, Action lost);

    void Append(IReadOnlyList<MetadataBatch> batches, Action written);

    /// <summary>Keeps the state after everything that was written, and cuts the log.</summary>
    void KeepSnapshot(MetadataImage image, Action kept);

    /// <summary>The owner has ended.</summary>
    void Close();
}
