using ActorBroker.Core.Metadata;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>What the journal's bytes stand for: everything that any controller of the run has written, by number.</summary>
internal sealed class SimEvents
{
    private readonly List<object> _events = [];
    private int _tags;

    public int NextTag() => ++_tags;

    public int Add(object written)
    {
        _events.Add(written);
        return _events.Count - 1;
    }

    public IReadOnlyList<MetadataBatch> Batches(int number) => (IReadOnlyList<MetadataBatch>)_events[number];

    public MetadataImage Image(int number) => (MetadataImage)_events[number];
}
