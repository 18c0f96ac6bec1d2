using System.Collections.Immutable;
using System.Net;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Tests.Groups;

/// <summary>A coordinator that answers what it was told to and remembers what it was asked.</summary>
internal sealed class FakeGroups : IGroupCoordinator
{
    public const string Topic = "t";

    public static readonly Uuid TopicId = new(3, 4);

    private readonly Dictionary<Type, Func<object, object>> _answers = [];

    public List<object> Asked { get; } = [];

    public int CreationRequests { get; private set; }

    public static RequestContext Context(ApiKey key, int version, bool hasOffsetsTopic = true, int leader = 1) => new()
    {
        ApiKey = key,
        ApiVersion = (short)version,
        ClientId = "client",
        ClientAddress = IPAddress.Loopback,
        Metadata = Image(hasOffsetsTopic, leader),
    };

    public FakeGroups Answer<TCommand>(Func<TCommand, object> answer)
        where TCommand : class
    {
        _answers[typeof(TCommand)] = command => answer((TCommand)command);
        return this;
    }

    public T Last<T>() => Assert.IsType<T>(Asked[^1]);

    public int PartitionOf(string groupId) => 0;

    public void RequestOffsetsTopic() => CreationRequests++;

    public ValueTask<JoinGroupReply> JoinAsync(JoinGroup command, CancellationToken cancel) => Reply<JoinGroupReply>(command);

    public ValueTask<SyncGroupReply> SyncAsync(SyncGroup command, CancellationToken cancel) => Reply<SyncGroupReply>(command);

    public ValueTask<HeartbeatReply> HeartbeatAsync(Heartbeat command, CancellationToken cancel) => Reply<HeartbeatReply>(command);

    public ValueTask<LeaveGroupReply> LeaveAsync(LeaveGroup command, CancellationToken cancel) => Reply<LeaveGroupReply>(command);

    public ValueTask<CommitOffsetsReply> CommitAsync(CommitOffsets command, CancellationToken cancel) => Reply<CommitOffsetsReply>(command);

    public ValueTask<FetchOffsetsReply> FetchAsync(FetchOffsets command, CancellationToken cancel) => Reply<FetchOffsetsReply>(command);

    public ValueTask<DeleteOffsetsReply> DeleteOffsetsAsync(DeleteOffsets command, CancellationToken cancel) =>
        Reply<DeleteOffsetsReply>(command);

    public ValueTask<DescribeGroupReply> DescribeAsync(DescribeGroup command, CancellationToken cancel) =>
        Reply<DescribeGroupReply>(command);

    public ValueTask<DeleteGroupReply> DeleteAsync(DeleteGroup command, CancellationToken cancel) => Reply<DeleteGroupReply>(command);

    public ValueTask<ListGroupsReply> ListAsync(ListGroups query, CancellationToken cancel) => Reply<ListGroupsReply>(query);

    private ValueTask<T> Reply<T>(object command)
    {
        Asked.Add(command);
        return new ValueTask<T>((T)_answers[command.GetType()](command));
    }

    private static MetadataImage Image(bool hasOffsetsTopic, int leader)
    {
        var partition = new PartitionImage([1], [1], leader, 0, 0, [default]);
        var topic = new TopicImage(Topic, TopicId, [partition, partition]);
        var offsets = new TopicImage(InternalTopics.ConsumerOffsets, new Uuid(5, 6), [partition]);
        var topics = ImmutableDictionary<string, TopicImage>.Empty.Add(Topic, topic);
        return MetadataImage.Empty with
        {
            Brokers = MetadataImage.Empty.Brokers.Add(
                1, new BrokerImage(1, 1, null, false, [new EndpointImage("PLAINTEXT", "127.0.0.1", 31092, "PLAINTEXT")])),
            Topics = hasOffsetsTopic ? topics.Add(offsets.Name, offsets) : topics,
            TopicsById = ImmutableDictionary<Uuid, TopicImage>.Empty.Add(TopicId, topic),
        };
    }
}
