using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class ReadReplicaSelectorTests
{
    [Theory]
    [InlineData("b", 10, 2)]
    [InlineData("c", 10, 4)]
    [InlineData("a", 10, -1)]
    [InlineData("", 10, -1)]
    [InlineData("elsewhere", 10, -1)]
    [InlineData("b", 95, -1)]
    [InlineData("c", 2, 3)]
    public void The_longest_in_sync_log_in_the_readers_rack_that_holds_the_offset_is_chosen(string rack, long offset, int node) =>
        Assert.Equal(node, ReadReplicaSelector.Select(Leader(), 1, Image(), rack, offset));

    [Fact]
    public void Fenced_and_lagging_replicas_are_passed_over()
    {
        var image = Image();
        Assert.Equal(-1, ReadReplicaSelector.Select(Leader(), 1, image with { Brokers = image.Brokers.SetItem(2, image.Brokers[2] with { IsFenced = true }) }, "b", 10));
        Assert.Equal(-1, ReadReplicaSelector.Select(Leader(isr: [1, 3, 4]), 1, image, "b", 10));
    }

    private static MetadataImage Image() => MetadataImage.Empty with
    {
        Brokers = new[] { (1, "a"), (2, "b"), (3, "c"), (4, "c") }.ToImmutableSortedDictionary(
            broker => broker.Item1, broker => new BrokerImage(broker.Item1, 1, broker.Item2, false, [])),
    };

    private static PartitionMachine Leader(int[]? isr = null)
    {
        var machine = new PartitionMachine(1);
        machine.Lead(new LeadershipGrant(1, 1, 1, 1, [1, 2, 3, 4], [.. isr ?? [1, 2, 3, 4]]), 100, 50);
        foreach (var (node, start, end) in new[] { (2, 0L, 90L), (3, 0L, 80L), (4, 5L, 95L) })
            machine.Replication.Open(new(node, 1, 1), new(start, end, end, 0), new EpochEndOffset(0, 100), new(0, 50, 100), out _);
        return machine;
    }
}
