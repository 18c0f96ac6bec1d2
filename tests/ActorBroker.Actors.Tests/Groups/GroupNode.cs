using System.Collections.Immutable;
using System.Diagnostics;
using ActorBroker.Actors.Groups;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Groups;

/// <summary>The group coordinator of a node over partitions in memory.</summary>
internal sealed class GroupNode : IMetadataSource, IPartitionDirectory, IInternalTopicCreator
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private MetadataImage _image = MetadataImage.Empty;

    public GroupNode(
        ActorSystem system, GroupSettings? settings = null, int partitions = 1, bool hasTopic = true, bool starts = true, TimeProvider? clock = null)
    {
        Partitions = [.. Enumerable.Range(0, partitions).Select(index => new MemoryPartition(index))];
        if (hasTopic) AddTopic("__consumer_offsets", partitions);
        Settings = (settings ?? new GroupSettings()) with { OffsetsTopicPartitions = partitions };
        Groups = new GroupCoordinatorGateway(
            new GroupServices(Settings, this, this, this, new BufferPool(1 << 28, 1 << 20), clock ?? TimeProvider.System));
        if (starts) Groups.Start(system);
    }

    public GroupSettings Settings { get; }

    public ImmutableArray<MemoryPartition> Partitions { get; }

    public MemoryPartition Partition => Partitions[0];

    public GroupCoordinatorGateway Groups { get; }

    public int CreationCount { get; private set; }

    public MetadataImage Current => Volatile.Read(ref _image);

    public void AddTopic(string name, int partitions)
    {
        var partition = new PartitionImage([1], [1], 1, 1, 0, [default]);
        var topic = new TopicImage(name, Uuid.NewRandom(), [.. Enumerable.Repeat(partition, partitions)]);
        Volatile.Write(ref _image, _image with { Topics = _image.Topics.Add(name, topic) });
    }

    public void DeleteTopic(string name) => Volatile.Write(ref _image, _image with { Topics = _image.Topics.Remove(name) });

    public Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel) => Task.FromResult(true);

    public IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition) => null;

    public IPartition? Find(string topic, int partition)
    {
        if (topic != "__consumer_offsets" || partition >= Partitions.Length) return null;
        return Partitions[partition].LeaderEpoch >= 0 ? Partitions[partition] : null;
    }

    public IPartition? Find(Uuid topicId, int partition) => null;

    public Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel) =>
        Task.FromResult(Find(topic, partition));

    public Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<LogDirectoryDescription>>([]);

    public Task EnsureAsync(string topic, int partitions, IReadOnlyDictionary<string, string> configs, CancellationToken cancel)
    {
        CreationCount++;
        AddTopic(topic, partitions);
        return Task.CompletedTask;
    }

    /// <summary>Waits until all partitions serve.</summary>
    public async Task<GroupNode> ServingAsync()
    {
        await UntilAsync(async () => (await ListAsync()).Error == ErrorCode.None);
        return this;
    }

    /// <summary>Leadership ends here, and the groups with it.</summary>
    public async Task LoseAsync()
    {
        Partition.Lose();
        await UntilAsync(async () => await CommitAsync("nobody", 1) == ErrorCode.NotCoordinator);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Limit, "the condition did not come true in time");
            await Task.Delay(5);
        }
    }

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public Task<ListGroupsReply> ListAsync() => Groups.ListAsync(new ListGroups([], []), default).AsTask().WaitAsync(Limit);

    public async Task<ErrorCode> CommitAsync(string group, long offset, JoinGroupReply? member = null, string topic = "t")
    {
        var reply = await StartCommit(group, offset, member, topic).WaitAsync(Limit);
        return reply.Error != ErrorCode.None ? reply.Error : reply.Errors[0];
    }

    public Task<CommitOffsetsReply> StartCommit(string group, long offset, JoinGroupReply? member = null, string topic = "t") =>
        Groups.CommitAsync(
            new CommitOffsets
            {
                GroupId = group,
                GenerationId = member?.GenerationId ?? -1,
                MemberId = member?.MemberId ?? "",
                Offsets = [new OffsetToCommit(topic, default, 0, offset, -1, "")],
            },
            default).AsTask();

    public async Task<long> FetchAsync(string group, string topic = "t")
    {
        var fetch = new FetchOffsets { GroupId = group, Topics = [new OffsetQuery(topic, [0])] };
        var reply = await Groups.FetchAsync(fetch, default).AsTask().WaitAsync(Limit);
        Assert.Equal(ErrorCode.None, reply.Error);
        return reply.Topics[0].Partitions[0].Offset;
    }

    public Task<JoinGroupReply> StartJoin(string group, string memberId = "", int sessionTimeoutMs = 30_000) =>
        Groups.JoinAsync(
            new JoinGroup
            {
                GroupId = group,
                MemberId = memberId,
                ClientId = "c",
                SessionTimeoutMs = sessionTimeoutMs,
                RebalanceTimeoutMs = 30_000,
                ProtocolType = "consumer",
                Protocols = [new GroupProtocol("range", [0, 0, 0, 0, 0, 1, 0, 1, (byte)'t'])],
                FreshId = Guid.NewGuid().ToString(),
            },
            default).AsTask();

    /// <summary>A member alone in its group, with its assignment.</summary>
    public async Task<JoinGroupReply> JoinAloneAsync(string group, int sessionTimeoutMs = 30_000)
    {
        var joined = await StartJoin(group, sessionTimeoutMs: sessionTimeoutMs).WaitAsync(Limit);
        Assert.Equal(ErrorCode.None, joined.Error);
        var sync = new SyncGroup
        {
            GroupId = group,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            Assignments = [new MemberAssignment(joined.MemberId, [1, 2, 3])],
        };
        var synced = await Groups.SyncAsync(sync, default).AsTask().WaitAsync(Limit);
        Assert.Equal((ErrorCode.None, 3), (synced.Error, synced.Assignment.Length));
        return joined;
    }

    public async Task<string> StateAsync(string group) =>
        (await Groups.DescribeAsync(new DescribeGroup { GroupId = group }, default).AsTask().WaitAsync(Limit)).State;
}
