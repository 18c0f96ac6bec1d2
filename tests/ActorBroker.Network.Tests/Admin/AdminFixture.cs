using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Tests.Admin;

/// <summary>The real controller machine behind the handlers, without actors: a command is decided, applied and visible at once.</summary>
internal sealed class AdminFixture : IController, IMetadataSource, IProducerIds, IPartitionDirectory
{
    private readonly ControllerMachine _machine;
    private long _nextProducerId;

    public AdminFixture(BrokerConfig? config = null, int brokers = 1)
    {
        var used = config ?? BrokerConfig.Empty.With(("node.id", "1"), ("broker.id", "1"));
        _machine = new ControllerMachine(new ControllerState(used));
        Services = new AdminServices(1, used, this, this, this, this);
        Decide(new TakeControl(1, 1, "AAAAAAAAAAAAAAAAAAAAAQ"));
        for (var id = 1; id <= brokers; id++) Join(id);
    }

    public AdminServices Services { get; }

    public MetadataImage Current => _machine.Image;

    /// <summary>What every command is answered with, when set.</summary>
    public ErrorCode Failure { get; set; }

    /// <summary>Partitions whose leadership somebody waited for.</summary>
    public List<string> Awaited { get; } = [];

    public List<LogDirectoryDescription> Directories { get; } = [];

    public void Join(int id, bool opens = true)
    {
        Decide(new RegisterBroker(id, id, null, [new EndpointImage("PLAINTEXT", $"host{id}", 9090 + id, "PLAINTEXT")], [], true));
        if (opens) Decide(new FenceBroker(id, id, false));
    }

    public TReply Decide<TReply>(ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        var decision = _machine.Decide(command);
        if (decision.Records.Count > 0) _machine.Apply(_machine.ToBatch(decision.Records));
        return (TReply)decision.Reply;
    }

    public CreatedTopic Create(string name, int partitions = 1, params (string Name, string Value)[] configs) =>
        Decide(new CreateTopics(
            [new TopicToCreate(name, Uuid.NewRandom(), partitions, 1, [],
                [.. configs.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))])],
            false, 0)).Topics[0];

    public RequestContext Context(ApiKey key, int version, string listener = "PLAINTEXT") =>
        new() { ApiKey = key, ApiVersion = (short)version, NodeId = 1, Metadata = Current, ListenerName = listener };

    /// <summary>Handles a request as the connection does: over its bytes.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(ApiHandler<TRequest, TResponse> handler, int version, TRequest request)
        where TRequest : IWireMessage, new()
        where TResponse : IWireMessage, new()
    {
        Assert.InRange(version, handler.MinVersion, handler.MaxVersion);
        using var body = new WireWriter();
        request.Write(body, (short)version);
        using var written = new WireWriter();
        await ((IMessageHandler)handler).HandleAsync(body.WrittenMemory, Context(handler.Key, version), written);
        var response = new TResponse();
        var reader = new WireReader(written.WrittenMemory);
        response.Read(ref reader, (short)version);
        reader.ExpectEnd();
        return response;
    }

    public ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(
        ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel) where TReply : ControllerReply =>
        new(Failure == ErrorCode.None
            ? new ControllerAnswer<TReply>(KafkaError.None, Decide(command))
            : new ControllerAnswer<TReply>(Failure, null));

    public Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel) => Task.FromResult(Current.Offset >= offset);

    public ValueTask<ProducerIdResult> NextAsync(CancellationToken cancel) => new(new ProducerIdResult(Failure, _nextProducerId++));

    public IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition) => null;

    public IPartition? Find(string topic, int partition) => null;

    public IPartition? Find(Uuid topicId, int partition) => null;

    public Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel)
    {
        Awaited.Add($"{topic}-{partition}");
        return Task.FromResult<IPartition?>(null);
    }

    public Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<LogDirectoryDescription>>(Directories);
}
