using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
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
    private NodeActors _node = null!;

    public async Task InitializeAsync()
    {
        _system = ActorSystem.Create("replicas", ActorsConfig.For(_root));
        var log = new SilentLog();
        var environment = new LogEnvironment(new StorageSettings(), new BufferPool(16 << 20, 4 << 20), log);
        _directory = LogDirectory.Open(_root, environment, found => found ?? new MetaProperties("cluster", 1, Uuid.Zero));
        _flusher = new LogFlusher(1, log);
        _node = new NodeActors(_system, BrokerConfig.Empty, new ReplicaLogs([_directory], environment));
        Assert.True(await _node.StartControllerAsync(new ControllerSettings(1, "cluster"), s_limit));
        var registration = new NodeRegistration(_node.Controller, 1, 77);
        Assert.True((await registration.RegisterAsync(
            null, [new EndpointImage("PLAINTEXT", "host", 9092, "PLAINTEXT")], [_directory.Identity.DirectoryId], true, CancellationToken.None)).IsNone);
        _node.StartReplicas(_flusher, null, TimeProvider.System, 77);
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
    public async Task A_directory_of_another_topic_id_takes_its_partition_offline_and_no_other_and_is_not_waited_for()
    {
        await CreateAsync("bystander");
        Directory.CreateDirectory(Path.Combine(_root, "taken-0"));
        await File.WriteAllTextAsync(Path.Combine(_root, "taken-0", "partition.metadata"), $"version: 0\ntopic_id: {new Uuid(3, 4)}\n");
        await CreateAsync("taken");
        Assert.False(await _node.WaitForLeadersAsync(TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(s_limit));
        Assert.Null(_node.Partitions.Find("taken"u8, 0));
        Assert.NotNull(_node.Partitions.Find("bystander"u8, 0));
        await CreateAsync("later");
        Assert.NotNull(await LeaderAsync("later"));
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
