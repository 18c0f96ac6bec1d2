using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Actors.Tests.Groups;

/// <summary>Partitions of <c>__consumer_offsets</c> that an Apache Kafka 4.3.1 wrote.</summary>
public sealed class KafkaLogTests : TestKit
{
    [Fact]
    public async Task Offsets_of_all_versions_and_their_tombstones_are_read()
    {
        var node = await OpenAsync(26);
        Assert.Equal("Empty", await node.StateAsync("simple"));
        Assert.Equal(-1, await node.FetchAsync("simple"));
        Assert.Equal(ErrorCode.None, await node.CommitAsync("simple", 9));
        Assert.Equal(9, await node.FetchAsync("simple"));
    }

    [Fact]
    public async Task A_group_that_lost_its_members_is_empty_in_its_last_generation()
    {
        var node = await OpenAsync(38);
        var group = Assert.Single((await node.ListAsync()).Groups);
        Assert.Equal(new ListedGroup("j4", "consumer", "Empty", "classic"), group);
        var next = await node.JoinAloneAsync("j4");
        Assert.Equal(3, next.GenerationId);
    }

    [Fact]
    public async Task A_list_is_complete_or_refused_however_often_leadership_comes_back()
    {
        var node = await OpenAsync(38);
        for (var epoch = 3; epoch < 60; epoch++)
        {
            node.Partition.Lose();
            node.Partition.Lead(epoch);
            for (var i = 0; i < 20; i++)
                if (await node.ListAsync() is { Error: ErrorCode.None } list) Assert.Equal("j4", Assert.Single(list.Groups).GroupId);
            await node.ServingAsync();
        }
    }

    [Fact]
    public async Task Records_of_other_kinds_of_groups_are_left_alone()
    {
        var node = await OpenAsync(46);
        Assert.Empty((await node.ListAsync()).Groups);
        Assert.Equal(ErrorCode.None, await node.CommitAsync("mine", 1));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("simple", 26)]
    [InlineData("simple9", 23)]
    [InlineData("j2", 36)]
    [InlineData("j4", 38)]
    [InlineData("j5", 39)]
    [InlineData("gg", 46)]
    public void Groups_belong_to_the_partitions_where_Kafka_put_them(string groupId, int partition) =>
        Assert.Equal(partition, GroupPartitioning.PartitionOf(groupId, 50));

    private async Task<GroupNode> OpenAsync(int partition)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Groups", "KafkaLogs", $"consumer_offsets-{partition}.hex");
        var segment = Convert.FromHexString(string.Concat(await File.ReadAllLinesAsync(path)));
        var node = new GroupNode(Sys, new GroupSettings { InitialRebalanceDelayMs = 0 });
        await node.ServingAsync();
        await node.LoseAsync();
        node.Partition.Preload(segment);
        node.Partition.Lead(2);
        return await node.ServingAsync();
    }
}
