using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Fetch;

/// <summary>Reading from the closest replica (KIP-392).</summary>
public sealed class ReplicaFetchTests
{
    private static readonly GatewaySettings s_byRack = new() { SelectsReplicaByRack = true };

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(18)]
    public async Task A_reader_in_another_rack_is_sent_to_its_replica_at_once_and_without_records(short version)
    {
        await using var gateway = new TestGateway(s_byRack);
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(3));
        partition.ReplicaFor = (rack, offset) => rack == "r2" && offset == 1 ? 2 : -1;
        using var client = await gateway.ConnectAsync();
        var answer = await FetchAsync(client, version, partition, 1, "r2", maxWaitMs: 60_000);
        Assert.Equal((ErrorCode.None, 2, 0), (answer.ErrorCode, answer.PreferredReadReplica, answer.Records!.Value.Length));
        Assert.Equal(3, answer.HighWatermark);
        Assert.Equal(-1, (await FetchAsync(client, version, partition, 0, "r2")).PreferredReadReplica);
        Assert.NotEqual(0, (await FetchAsync(client, version, partition, 0, "")).Records!.Value.Length);
    }

    [Fact]
    public async Task Without_a_selector_nobody_is_sent_away()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(3));
        partition.ReplicaFor = (_, _) => 2;
        using var client = await gateway.ConnectAsync();
        var answer = await FetchAsync(client, 11, partition, 0, "r2");
        Assert.Equal(-1, answer.PreferredReadReplica);
        Assert.NotEqual(0, answer.Records!.Value.Length);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(18)]
    public async Task A_follower_serves_what_it_knows_to_be_committed_under_its_leaders_epoch(short version)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.AddFollowed("t", 2);
        partition.AppendBatch(Batches.Build(2));
        partition.HoldWatermark();
        partition.AppendBatch(Batches.Build(2));
        using var client = await gateway.ConnectAsync();
        var answer = await FetchAsync(client, version, partition, 0, "r1");
        Assert.Equal((ErrorCode.None, 2L), (answer.ErrorCode, answer.HighWatermark));
        Assert.NotEqual(0, answer.Records!.Value.Length);
        Assert.Equal(0, (await FetchAsync(client, version, partition, 2, "r1")).Records!.Value.Length);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await FetchAsync(client, version, partition, 9, "r1")).ErrorCode);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, (await FetchAsync(client, version, partition, 0, "r1", epoch: 6)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await FetchAsync(client, version, partition, 0, "r1", epoch: 8)).ErrorCode);
    }

    [Fact]
    public async Task Readers_that_know_of_leaders_alone_are_not_served_by_a_follower()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.AddFollowed("t", 2);
        partition.AppendBatch(Batches.Build(2));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await FetchAsync(client, 10, partition, 0, "")).ErrorCode);
    }

    [Fact]
    public async Task A_reader_that_waits_at_a_follower_hears_of_more_and_of_its_end()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.AddFollowed("t", 2);
        using var client = await gateway.ConnectAsync();
        var waiting = FetchAsync(client, 11, partition, 0, "r1", maxWaitMs: 60_000);
        await Eventually.BecomesAsync(() => partition.Listeners == 1, "the request waits");
        partition.AppendBatch(Batches.Build(2));
        Assert.NotEqual(0, (await waiting).Records!.Value.Length);
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(
        TestClient client, short version, FakePartition partition, long offset, string rack, int maxWaitMs = 0, int epoch = -1)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = maxWaitMs,
            MinBytes = 1,
            MaxBytes = 1_000_000,
            SessionEpoch = -1,
            RackId = rack,
            Topics =
            [
                new FetchRequest.FetchTopic
                {
                    Topic = version < 13 ? partition.Topic : "",
                    TopicId = version < 13 ? Uuid.Zero : partition.TopicId,
                    Partitions = [new FetchRequest.FetchPartition { FetchOffset = offset, PartitionMaxBytes = 1_000_000, CurrentLeaderEpoch = epoch }],
                },
            ],
        };
        return (await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, request)).Responses[0].Partitions[0];
    }
}
