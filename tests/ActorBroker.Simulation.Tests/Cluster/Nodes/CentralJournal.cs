using ActorBroker.Core.Metadata;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A journal that cannot fail: for runs that look at partitions alone.</summary>
internal sealed class CentralJournal(SimWorld world)
{
    private readonly List<MetadataBatch> _batches = [];
    private long _ballot;

    public ISimJournal Open(SimProcess process) => new Owner(world, this, process);

    private sealed class Owner(SimWorld world, CentralJournal journal, SimProcess process) : ISimJournal
    {
        private long _ballot = -1;

        public void Recover(Action<IReadOnlyList<MetadataBatch>, long> then, Action lost)
        {
            _ballot = ++journal._ballot;
            world.After(world.Random.Between(5, 60), process, () => then([.. journal._batches], _ballot));
        }

        public void Append(IReadOnlyList<MetadataBatch> batches, Action written, Action lost) =>
            world.After(world.Random.Between(1, 12), process, () =>
            {
                if (_ballot != journal._ballot)
                {
                    lost();
                    return;
                }
                journal._batches.AddRange(batches);
                world.After(world.Random.Between(1, 12), process, written);
            });

        public void Close() => _ballot = -1;
    }
}
