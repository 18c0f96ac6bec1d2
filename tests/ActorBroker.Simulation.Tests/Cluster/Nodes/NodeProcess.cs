using ActorBroker.Core.Controller;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Clients;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// One life of a broker: registers with the controller, follows the metadata, starts and stops leaders and followers as they say, answers
/// clients. What <c>BrokerNode</c>, <c>ReplicaHostActor</c> and the handlers do between the machines.
/// </summary>
internal sealed class NodeProcess
{
    private const int TickMs = 120;
    private const int CommandTimeoutMs = 1_000;

    private readonly Dictionary<long, Action<ErrorCode, ControllerReply?>> _commands = [];
    private readonly Dictionary<int, Action<int, QuorumReply>> _owners = [];
    private readonly SortedDictionary<TopicIdPartition, SimReplica> _replicas = new(TopicIdPartitionOrder.Instance);
    private readonly ReplicaReconciler _reconciler;
    private readonly bool _isCleanStart;
    private long _calls;
    private long _sessions;
    private bool _isRegistered;
    private bool _isOpen;

    public NodeProcess(SimWorld world, SimCluster cluster, SimNode machine, long incarnation)
    {
        World = world;
        Cluster = cluster;
        Machine = machine;
        Life = new SimProcess(machine.Id, incarnation);
        _reconciler = new ReplicaReconciler(machine.Id, incarnation);
        _isCleanStart = machine.HasCleanMarker;
        _calls = incarnation << 32;
        machine.HasCleanMarker = false;
        if (machine.IsVoter) Acceptor = new SimAcceptor(this, machine.Voter);
    }

    public SimWorld World { get; }

    public SimCluster Cluster { get; }

    public SimNode Machine { get; }

    public SimProcess Life { get; }

    public int Id => Machine.Id;

    public long Incarnation => Life.Incarnation;

    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    public SimController? Controller { get; private set; }

    /// <summary>Null on a node that is no voter.</summary>
    public SimAcceptor? Acceptor { get; }

    public IEnumerable<SimReplica> Replicas => _replicas.Values;

    public long WallMs => World.NowMs + Machine.ClockOffsetMs;

    public bool IsOpen => _isOpen;

    public void Start()
    {
        World.Note(Id, "start", Incarnation, _isCleanStart ? 1 : 0);
        World.After(World.Random.Between(5, 60), Life, Register);
        World.After(World.Random.Next(TickMs), Life, Tick);
        World.After(World.Random.Next(300), Life, AskForNews);
    }

    public void Send(int to, object message)
    {
        if (to > 0) World.Network.Send(Id, to, message);
    }

    public long NextSession() => ++_sessions;

    /// <summary>An in-sync replica counts with the process that is registered and open.</summary>
    public bool IsEligible(int member, long incarnation) =>
        Image.Brokers.TryGetValue(member, out var broker) && !broker.IsFenced && broker.Incarnation == incarnation;

    /// <summary>Sends a command to whoever seems to be the controller; the reply is null when nobody says what became of it.</summary>
    public void Submit(ControllerCommand command, Action<ErrorCode, ControllerReply?> then)
    {
        var call = ++_calls;
        _commands[call] = then;
        Send(Cluster.ControllerFor(Id), new CommandMessage(call, command));
        World.After(CommandTimeoutMs, Life, () =>
        {
            if (_commands.Remove(call, out var late)) late(ErrorCode.RequestTimedOut, null);
        });
    }

    public void StartController(ISimJournal journal)
    {
        Controller?.Stop();
        Controller = new SimController(this, journal);
        Controller.Start();
    }

    public void ControllerEnded(SimController controller)
    {
        if (Controller == controller) Controller = null;
    }

    public void StopController()
    {
        Controller?.Stop();
        Controller = null;
    }

    /// <summary>Replies to requests of this owner come here; null when it has ended.</summary>
    public void Listen(int tag, Action<int, QuorumReply>? receive)
    {
        if (receive is null) _owners.Remove(tag);
        else _owners[tag] = receive;
    }

    public SimReplica? Find(string topic, int partition) =>
        Image.Topics.TryGetValue(topic, out var image) ? _replicas.GetValueOrDefault(new TopicIdPartition(image.Id, partition)) : null;

    public void Receive(int from, object message)
    {
        switch (message)
        {
            case ReplicationMessage replication: Replicate(from, replication); break;
            case ClientCall call: OnClient(from, call); break;
            case MetadataNews news: OnNews(news); break;
            case MetadataWhole whole when whole.Image.Offset > Image.Offset:
                Cluster.Metadata.CheckImage(Id, whole.Image);
                Take(whole.Image);
                break;
            case MetadataWhole: break;
            case QuorumCallMessage call: Acceptor?.Receive(from, call.Call); break;
            case QuorumReplyMessage reply: OnQuorumReply(reply); break;
            case HeartbeatMessage: Cluster.Singleton.Heard(Id, from); break;
            case MetadataAsk ask: Controller?.Tell(from, ask.Offset); break;
            case CommandMessage command: OnCommand(from, command); break;
            case CommandReplyMessage reply:
                if (_commands.Remove(reply.Call, out var then)) then(reply.Error, reply.Reply);
                break;
            default: throw new InvalidOperationException($"nobody takes a {message.GetType().Name}");
        }
    }

    private void OnQuorumReply(QuorumReplyMessage message)
    {
        if (_owners.TryGetValue((int)(message.Reply.Id >> 32), out var owner)) owner(message.Voter, message.Reply);
    }

    private void Register()
    {
        if (_isRegistered) return;
        var command = new RegisterBroker(Id, Incarnation, null, [new EndpointImage("PLAINTEXT", "node", 9092, "PLAINTEXT")], [Machine.Directory], _isCleanStart);
        Submit(command, (_, reply) =>
        {
            _isRegistered |= reply is BrokerReply { Error.IsNone: true };
            if (_isRegistered) Open();
            else World.After(World.Random.Between(50, 250), Life, Register);
        });
    }

    /// <summary>Clients may come, and leadership; also again after a false alarm.</summary>
    private void Open()
    {
        if (Image.Brokers.GetValueOrDefault(Id)?.Incarnation != Incarnation)
        {
            World.After(World.Random.Between(20, 100), Life, Open);
            return;
        }
        Submit(new FenceBroker(Id, Incarnation, false), (_, reply) =>
        {
            _isOpen |= reply is BrokerReply { Error.IsNone: true };
            World.After(World.Random.Between(300, 700), Life, Reopen);
        });
    }

    private void Reopen()
    {
        if (!_isOpen || Image.Brokers.GetValueOrDefault(Id) is { IsFenced: true } self && self.Incarnation == Incarnation) Open();
        else World.After(World.Random.Between(300, 700), Life, Reopen);
    }

    private void AskForNews()
    {
        Send(Cluster.ControllerFor(Id), new MetadataAsk(Image.Offset));
        World.After(World.Random.Between(150, 400), Life, AskForNews);
    }

    private void OnNews(MetadataNews news)
    {
        if (news.FirstOffset > Image.Offset + 1)
        {
            Send(Cluster.ControllerFor(Id), new MetadataAsk(Image.Offset));
            return;
        }
        var image = Image;
        for (var i = (int)(image.Offset + 1 - news.FirstOffset); i >= 0 && i < news.Batches.Count; i++)
        {
            Cluster.Metadata.Seen(Id, image.Offset + 1, news.Batches[i]);
            image = image.Apply(news.Batches[i]);
        }
        if (image.Offset > Image.Offset) Take(image);
    }

    private void Take(MetadataImage image)
    {
        Image = image;
        World.Note(Id, "image", image.Offset, image.ControllerEpoch);
        Carry();
    }

    private void Carry()
    {
        var effects = World.Has(Mutation.LeadsByOldGrant) ? _reconciler.Reconcile(Image, isOwn: true) : _reconciler.Reconcile(Image);
        foreach (var effect in effects.OrderBy(effect => effect.Id, TopicIdPartitionOrder.Instance)) Carry(effect);
        foreach (var replica in _replicas.Values)
        {
            var settings = Cluster.SettingsOf(Image, replica.Name.Topic);
            if (replica.Next is not null || ReferenceEquals(settings, replica.Settings)) continue;
            replica.Settings = settings;
            replica.Leader?.SettingsChanged();
        }
    }

    private void Carry(ReplicaEffect effect)
    {
        if (!_replicas.TryGetValue(effect.Id, out var replica))
        {
            if (effect is DeleteReplica) return;
            replica = new SimReplica(effect.Id, effect.Name, Machine.LogOf(effect.Id)) { Settings = Cluster.SettingsOf(Image, effect.Name.Topic) };
            _replicas.Add(effect.Id, replica);
        }
        switch (effect)
        {
            case UpdateReplicaIsr update:
                if (replica.Next is null)
                {
                    replica.Settings = Cluster.SettingsOf(Image, replica.Name.Topic);
                    replica.Leader?.Update(update.Grant);
                }
                else if (replica.Next is LeadReplica lead) replica.Next = lead with { Grant = update.Grant };
                break;
            case LeadReplica lead when replica.Next is null && replica.Leader is not null:
                replica.Leader.Lead(lead.Grant);
                break;
            default:
                replica.Next = effect;
                if (replica.Leader is null) Proceed(replica);
                else if (!World.Has(Mutation.LeaderDoesNotResign)) EndSoon(replica, replica.Leader);
                break;
        }
    }

    /// <summary>The metadata may ask for the end of the same leader again before it has come; it comes once, and what was asked last follows.</summary>
    private void EndSoon(SimReplica replica, SimLeader leader) => World.After(World.Random.Between(0, 15), Life, () =>
    {
        if (replica.Leader != leader) return;
        leader.Stop();
        replica.Leader = null;
        Proceed(replica);
    });

    private void Proceed(SimReplica replica)
    {
        var next = replica.Next;
        replica.Next = null;
        replica.Settings = Cluster.SettingsOf(Image, replica.Name.Topic);
        switch (next)
        {
            case LeadReplica lead:
                replica.Follower = null;
                replica.Leader = new SimLeader(this, replica);
                replica.Leader.Lead(lead.Grant);
                break;
            case FollowReplica follow:
                replica.Follower ??= new SimFollower(this, replica);
                replica.Follower.Follow(follow.Image.Leader, follow.Image.LeaderEpoch);
                break;
            case RestReplica rest:
                replica.Follower?.Follow(-1, rest.Image.LeaderEpoch);
                break;
            case DeleteReplica:
                _replicas.Remove(replica.Id);
                Machine.Logs.Remove(replica.Id);
                break;
        }
    }

    private void Replicate(int from, ReplicationMessage message)
    {
        if (!_replicas.TryGetValue(message.Partition, out var replica)) return;
        if (message is OpenMessage or AckMessage) replica.Leader?.Receive(from, message);
        else replica.Follower?.Receive(from, message);
    }

    private void OnCommand(int from, CommandMessage message)
    {
        void Reply(ErrorCode error, ControllerReply? reply) => Send(from, new CommandReplyMessage(message.Call, error, reply));
        if (Controller is null) Reply(ErrorCode.NotController, null);
        else Controller.Submit(message.Command, Reply);
    }

    private void OnClient(int client, ClientCall call)
    {
        switch (call)
        {
            case MetadataCall: Send(client, new MetadataAnswer(call.Call, Image)); break;
            case ProduceCall produce: OnProduce(client, produce); break;
            case FetchCall fetch: OnFetch(client, fetch); break;
            case GroupCall group: OnGroup(client, group); break;
            case AdminCall admin: Submit(admin.Command, (error, reply) => Send(client, new AdminAnswer(call.Call, error, reply))); break;
        }
    }

    private void OnProduce(int client, ProduceCall call)
    {
        void Answer(ErrorCode error, long offset) => Send(client, new ProduceAnswer(call.Call, error, offset));
        if (Find(call.Topic, call.Partition)?.Leader is not { IsLeading: true } leader)
        {
            Answer(ErrorCode.NotLeaderOrFollower, -1);
            return;
        }
        leader.Append(new SimAppend { Batch = call.Batch, Acks = call.Acks, TimeoutMs = call.TimeoutMs, Done = Answer });
    }

    private void OnFetch(int client, FetchCall call)
    {
        if (Find(call.Topic, call.Partition)?.Leader is not { IsLeading: true } leader)
        {
            Send(client, new FetchAnswer(call.Call, ErrorCode.NotLeaderOrFollower, [], -1, -1));
            return;
        }
        var error = call.Offset > leader.Log.LogEndOffset ? ErrorCode.OffsetOutOfRange : ErrorCode.None;
        var batches = error == ErrorCode.None ? leader.Log.Read(call.Offset, leader.Log.HighWatermark, 20) : [];
        Send(client, new FetchAnswer(call.Call, error, batches, leader.LeaderEpoch, leader.Log.HighWatermark));
    }

    private void OnGroup(int client, GroupCall call)
    {
        var partitions = Image.Topics.TryGetValue(InternalTopics.ConsumerOffsets, out var topic) ? topic.Partitions.Length : 1;
        var leader = Find(InternalTopics.ConsumerOffsets, GroupPartitioning.PartitionOf(call.Command.GroupId, partitions))?.Leader;
        var epoch = leader?.LeaderEpoch ?? -1;
        void Answer(Core.Ports.GroupReply? reply, ErrorCode error) => Send(client, new GroupCallAnswer(call.Call, error, reply, epoch));
        if (leader?.Groups is { IsClosed: false } groups) groups.Submit(call.Command, Answer);
        else Answer(null, ErrorCode.NotCoordinator);
    }

    private void Tick()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.Leader?.Tick();
            replica.Follower?.Tick();
            if (World.Random.OneIn(8)) replica.Log.CheckpointHighWatermark();
            if (World.Random.OneIn(20)) replica.Log.Sync(replica.Log.LogEndOffset);
        }
        World.After(TickMs, Life, Tick);
    }
}
