using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Flushing;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Partitions;

/// <summary>The replica host on real logs in a temporary directory, driven through the controller as a node drives it.</summary>
public sealed class ReplicaHostTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("actorbroker-replicas-").FullName;
    private ActorSystem _system = null!;
    private LogDirectory _directory = null!;
    private LogFlusher _flusher = null!;
    private ReplicaLogs _logs = null!;
    private NodeActors _node = null!;

    public async Task InitializeAsync()
    {
        _system = ActorSystem.Create("replicas", ActorsConfig.For(_root));
        var log = new SilentLog();
        var buffers = new BufferPool(16 << 20, 4 << 20);
        var environment = new LogEnvironment(new StorageSettings(), buffers, log);
        _directory = LogDirectory.Open(_root, environment, found => found ?? new MetaProperties("cluster", 1, Uuid.Zero));
        _flusher = new LogFlusher(1, log);
        _logs = new ReplicaLogs([_directory], environment);
        _node = new NodeActors(BrokerConfig.Empty, _logs, buffers);
        _node.Use(_system);
        Assert.True(await _node.StartControllerAsync(new ControllerSettings(1, "cluster"), s_limit));
        var registration = new NodeRegistration(_node.Controller, 1, 77);
        Assert.True((await registration.RegisterAsync(
            null, [new EndpointImage("PLAINTEXT", "host", 9092, "PLAINTEXT")], [_directory.Identity.DirectoryId], true, CancellationToken.None)).IsNone);
        await _node.StartReplicasAsync(_flusher, null, TimeProvider.System, 77);
        Assert.True((await registration.OpenAsync(CancellationToken.None)).IsNone);
    }

    public async Task DisposeAsync()
    {
        await _node.StopReplicasAsync(s_limit);
        await _system.Terminate();
        _flusher.Dispose();
        _directory.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_and_made_again_at_once_gets_its_directory_and_takes_records()
    {
        await CreateAsync("bystander");
        var id = await CreateAsync("again");
        for (var round = 0; round < 30; round++)
        {
            var deletion = _node.Controller.SubmitAsync(new DeleteTopics([new TopicReference("again", Uuid.Zero)]), s_limit, CancellationToken.None);
            var next = await CreateAsync("again");
            Assert.Equal(ErrorCode.None, (await deletion).Reply!.Topics[0].Error.Code);
            Assert.NotEqual(id, next);
            id = next;
            Assert.Equal(id, (await LeaderAsync("again"))?.TopicId);
        }

        Assert.NotNull(_node.Partitions.Find("bystander"u8, 0));
    }

    [Fact]
    public async Task A_partition_that_cannot_be_opened_is_offline_and_no_other_and_is_not_waited_for()
    {
        await CreateAsync("bystander");
        Directory.CreateDirectory(Path.Combine(_root, "taken-0", "partition.metadata", "in-the-way"));
        await CreateAsync("taken");
        Assert.False(await _node.WaitForLeadersAsync(TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(s_limit));
        Assert.Null(_node.Partitions.Find("taken"u8, 0));
        Assert.NotNull(_node.Partitions.Find("bystander"u8, 0));
        await CreateAsync("later");
        Assert.NotNull(await LeaderAsync("later"));
    }

    [Fact]
    public async Task A_directory_that_a_deleted_topic_of_that_name_left_is_set_aside_and_the_partition_takes_records()
    {
        Directory.CreateDirectory(Path.Combine(_root, "taken-0"));
        await File.WriteAllTextAsync(Path.Combine(_root, "taken-0", "partition.metadata"), $"version: 0\ntopic_id: {new Uuid(3, 4)}\n");
        await CreateAsync("taken");
        Assert.NotNull(await LeaderAsync("taken"));
        AssertSetAside("taken-0", new Uuid(3, 4));
    }

    [Fact]
    public async Task A_stored_topic_that_the_metadata_does_not_know_is_set_aside_when_it_is_said_so()
    {
        foreach (var partition in new[] { "gone-0", "gone-1", "stays-0" })
        {
            Directory.CreateDirectory(Path.Combine(_root, partition));
            var id = partition.StartsWith("gone", StringComparison.Ordinal) ? new Uuid(3, 4) : new Uuid(5, 6);
            await File.WriteAllTextAsync(Path.Combine(_root, partition, "partition.metadata"), $"version: 0\ntopic_id: {id}\n");
        }

        Assert.Equal(3, _logs.OpenStored(_ => new PartitionSettings()).Count);
        _logs.SetAside("gone", new Uuid(3, 4));
        AssertSetAside("gone-0", new Uuid(3, 4));
        AssertSetAside("gone-1", new Uuid(3, 4));
        Assert.True(Directory.Exists(Path.Combine(_root, "stays-0")));
        var id2 = await CreateAsync("gone");
        Assert.Equal(id2, (await LeaderAsync("gone"))?.TopicId);
    }

    [Fact]
    public void Directories_without_an_id_get_the_one_that_their_topic_has_and_a_new_topic_one_for_all()
    {
        foreach (var partition in new[] { "half-0", "half-1", "none-0", "none-1" }) Directory.CreateDirectory(Path.Combine(_root, partition));
        Directory.CreateDirectory(Path.Combine(_root, "not a topic-0"));
        File.WriteAllText(Path.Combine(_root, "half-1", "partition.metadata"), $"version: 0\ntopic_id: {new Uuid(3, 4)}\n");
        var ids = _logs.OpenStored(_ => new PartitionSettings()).GroupBy(stored => stored.Name.Topic).ToDictionary(
            topic => topic.Key, topic => topic.Select(stored => stored.TopicId).Distinct().ToArray());
        Assert.Equal(["half", "none"], ids.Keys.Order());
        Assert.Equal([new Uuid(3, 4)], ids["half"]);
        Assert.NotEqual(Uuid.Zero, Assert.Single(ids["none"]));
    }

    private void AssertSetAside(string partition, Uuid id)
    {
        var aside = Assert.Single(Directory.GetDirectories(_root, partition + ".*-stray"));
        Assert.Contains(id.ToString(), File.ReadAllText(Path.Combine(aside, "partition.metadata")));
    }

    private async Task<Uuid> CreateAsync(string name)
    {
        var topics = ImmutableArray.Create(new TopicToCreate(name, Uuid.NewRandom(), 1, 1, [], []));
        var answer = await _node.Controller.SubmitAsync(new CreateTopics(topics, false, 0), s_limit, CancellationToken.None);
        Assert.True(answer.Reply!.Topics[0].Error.IsNone, answer.Reply.Topics[0].Error.Text);
        return answer.Reply.Topics[0].TopicId;
    }

    /// <summary>The leader of the topic's newest id.</summary>
    private async Task<Core.Ports.IPartition?> LeaderAsync(string topic)
    {
        var id = _node.Metadata.Current.Topics[topic].Id;
        var deadline = DateTime.UtcNow + s_limit;
        while (_node.Partitions.Find(id, 0) is null && DateTime.UtcNow < deadline) await Task.Delay(2);
        return _node.Partitions.Find(id, 0);
    }

    private sealed class SilentLog : IStorageLog
    {
        public void Write(StorageLogLevel level, string message, Exception? error = null)
        {
        }
    }
}
