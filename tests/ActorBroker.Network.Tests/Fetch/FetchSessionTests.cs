using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Fetch;

/// <summary>KIP-227 over the wire.</summary>
public sealed class FetchSessionTests
{
    [Fact]
    public async Task A_full_request_opens_a_session_and_later_ones_list_news_only()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 3);
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 0), (1, 0), (2, 0)), 0, 0);
        Assert.NotEqual(0, full.SessionId);
        Assert.Equal(3, full.Responses[0].Partitions.Count);

        var quiet = await Ask(client, new FetchRequest(), full.SessionId, 1);
        Assert.Equal(full.SessionId, quiet.SessionId);
        Assert.Empty(quiet.Responses);

        gateway.Cluster["t", 1].AppendBatch(Batches.Build());
        var news = await Ask(client, new FetchRequest(), full.SessionId, 2);
        Assert.Equal(1, Assert.Single(news.Responses[0].Partitions).PartitionIndex);

        var again = await Ask(client, new FetchRequest(), full.SessionId, 3);
        Assert.NotEqual(0, Assert.Single(again.Responses[0].Partitions).Records!.Value.Length);

        var moved = await Ask(client, FetchTests.Request(12, partition, (1, 1)), full.SessionId, 4);
        Assert.Empty(moved.Responses);
    }

    [Fact]
    public async Task Only_what_advanced_is_looked_at()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 100);
        using var client = await gateway.ConnectAsync();
        var wanted = Enumerable.Range(0, 100).Select(index => (index, 0L)).ToArray();
        var full = await Ask(client, FetchTests.Request(12, partition, wanted), 0, 0);
        for (var i = 0; i < 100; i++) Assert.Equal(1, gateway.Cluster["t", i].Listeners);
        gateway.Cluster["t", 42].AppendBatch(Batches.Build());
        var before = Enumerable.Range(0, 100).Sum(index => gateway.Cluster["t", index].PlanCalls);
        await Ask(client, new FetchRequest(), full.SessionId, 1);
        Assert.Equal(before + 1, Enumerable.Range(0, 100).Sum(index => gateway.Cluster["t", index].PlanCalls));
    }

    [Fact]
    public async Task A_waiting_session_is_woken()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 0), (1, 0)), 0, 0);
        await client.SendAsync(ApiKey.Fetch, 12, new FetchRequest
        {
            MaxWaitMs = 60_000, MinBytes = 1, MaxBytes = 1000, SessionId = full.SessionId, SessionEpoch = 1,
        });
        await Eventually.BecomesAsync(() => gateway.Gateway.Metrics.Api(ApiKey.Fetch).Requests == 2, "the request is read");
        gateway.Cluster["t", 1].AppendBatch(Batches.Build());
        var woken = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12, 2);
        Assert.Equal(1, Assert.Single(woken.Responses[0].Partitions).PartitionIndex);
    }

    [Fact]
    public async Task Served_partitions_go_to_the_end()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 3);
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 0), (1, 0), (2, 0)), 0, 0);
        for (var i = 0; i < 3; i++) gateway.Cluster["t", i].AppendBatch(Batches.Build(valueBytes: 1000));
        var served = new List<int>();
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            var response = await Ask(client, new FetchRequest { MaxBytes = 10 }, full.SessionId, epoch);
            var answers = response.Responses.SelectMany(topic => topic.Partitions);
            served.Add(answers.Single(answer => answer.Records!.Value.Length > 0).PartitionIndex);
        }

        Assert.Equal([0, 1, 2, 0, 1, 2], served);
    }

    [Fact]
    public async Task Forgotten_partitions_are_left_alone_and_an_empty_session_ends()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 0), (1, 0)), 0, 0);
        var forget = new FetchRequest { ForgottenTopicsData = [new FetchRequest.ForgottenTopic { Topic = "t", Partitions = [1] }] };
        gateway.Cluster["t", 1].AppendBatch(Batches.Build());
        Assert.Empty((await Ask(client, forget, full.SessionId, 1)).Responses);
        Assert.Equal(0, gateway.Cluster["t", 1].Listeners);
        forget.ForgottenTopicsData[0].Partitions = [0];
        Assert.Equal(0, (await Ask(client, forget, full.SessionId, 2)).SessionId);
        Assert.Equal(0, gateway.Gateway.FetchSessions);
        Assert.Equal(0, partition.Listeners);
    }

    [Fact]
    public async Task Wrong_ids_epochs_and_topic_forms_are_refused()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 0)), 0, 0);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await Ask(client, new FetchRequest(), full.SessionId ^ 1, 1)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await Ask(client, new FetchRequest(), full.SessionId, 2)).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await Ask(client, new FetchRequest(), full.SessionId, 1, version: 13)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await Ask(client, new FetchRequest(), full.SessionId, 1)).ErrorCode);
    }

    [Fact]
    public async Task A_session_survives_its_connection_and_closes_on_request()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        int id;
        using (var first = await gateway.ConnectAsync())
            id = (await Ask(first, FetchTests.Request(12, partition, (0, 0)), 0, 0)).SessionId;
        using var second = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await Ask(second, new FetchRequest(), id, 1)).ErrorCode);
        var closed = await Ask(second, FetchTests.Request(12, partition, (0, 0)), id, -1);
        Assert.Equal((ErrorCode.None, 0, 1), (closed.ErrorCode, closed.SessionId, closed.Responses.Count));
        Assert.Equal(0, gateway.Gateway.FetchSessions);
        second.Dispose();
        await Eventually.BecomesAsync(() => partition.Listeners == 0, "nobody listens any more");
    }

    [Fact]
    public async Task A_partition_is_listed_again_when_its_error_is_gone()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(12, partition, (0, 5)), 0, 0);
        Assert.Equal(ErrorCode.OffsetOutOfRange, full.Responses[0].Partitions[0].ErrorCode);
        var again = await Ask(client, new FetchRequest(), full.SessionId, 1);
        Assert.Equal(ErrorCode.OffsetOutOfRange, again.Responses[0].Partitions[0].ErrorCode);
        var well = await Ask(client, FetchTests.Request(12, partition, (0, 1)), full.SessionId, 2);
        Assert.Equal((ErrorCode.None, 1), (well.Responses[0].Partitions[0].ErrorCode, well.Responses[0].Partitions[0].HighWatermark));
        Assert.Empty((await Ask(client, new FetchRequest(), full.SessionId, 3)).Responses);
    }

    [Fact]
    public async Task A_deleted_topic_is_an_error_until_it_is_forgotten()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var full = await Ask(client, FetchTests.Request(13, partition, (0, 0)), 0, 0, version: 13);
        gateway.Cluster.Remove("t");
        var gone = await Ask(client, new FetchRequest(), full.SessionId, 1, version: 13);
        Assert.Equal(ErrorCode.UnknownTopicId, gone.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Without_room_for_sessions_every_answer_says_0()
    {
        await using var gateway = new TestGateway(new GatewaySettings { MaxFetchSessions = 0 });
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var full = await Ask(client, FetchTests.Request(12, partition, (0, 0)), 0, 0);
            Assert.Equal((0, 1), (full.SessionId, full.Responses.Count));
        }

        Assert.Equal(1, partition.Listeners);
    }

    [Fact]
    public async Task A_connection_without_sessions_stays_registered_for_what_it_still_reads()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 3);
        using var client = await gateway.ConnectAsync();
        await client.AskAsync<FetchResponse>(ApiKey.Fetch, 6, FetchTests.Request(6, partition, (0, 0), (1, 0)));
        await client.AskAsync<FetchResponse>(ApiKey.Fetch, 6, FetchTests.Request(6, partition, (2, 0), (1, 0)));
        Assert.Equal("011", string.Concat(Enumerable.Range(0, 3).Select(index => gateway.Cluster["t", index].Listeners)));
    }

    private static Task<FetchResponse> Ask(TestClient client, FetchRequest request, int id, int epoch, short version = 12)
    {
        request.SessionId = id;
        request.SessionEpoch = epoch;
        if (request.MaxBytes == int.MaxValue) request.MaxBytes = 1_000_000;
        return client.AskAsync<FetchResponse>(ApiKey.Fetch, version, request);
    }
}
