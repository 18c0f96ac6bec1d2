using ActorBroker.Core.Metadata;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>The controller's journal as a persistent actor sees it: recovery, then atomic writes. Lost is final.</summary>
internal interface ISimJournal
{
    /// <summary>Everything that is in the journal, and the ballot that this owner has won; or never.</summary>
    void Recover(Action<IReadOnlyList<MetadataBatch>, long> then, Action lost);

    void Append(IReadOnlyList<MetadataBatch> batches, Action written, Action lost);

    /// <summary>The owner has ended.</summary>
    void Close();
}
