using System.Collections.Concurrent;
using System.Security.Cryptography;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The metadata quorum as this node's actor system knows it: the one thing that the acceptor, the client and the two persistence plugins
/// share. <see cref="Start"/> is called by the composition root before anything persistent runs.
/// </summary>
public sealed class QuorumAccess : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly ConcurrentDictionary<string, RecoveredLog> _recovered = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile QuorumNode? _node;
    private volatile IActorRef? _client;
    private volatile NodeStanding _standing = new(-1, Uuid.Zero, "", VoterSet.None, false, -1);
    private Func<Voter, ICanTell>? _resolve;
    private QuorumStore? _firstStore;

    internal QuorumAccess(ExtendedActorSystem system) => _system = system;

    public int NodeId => Node.NodeId;

    public long Incarnation => Node.Incarnation;

    /// <summary>The cluster that the node belongs to; empty before it has one.</summary>
    public string ClusterId => _standing.ClusterId;

    /// <summary>The newest voter set that this node knows to be decided.</summary>
    public VoterSet Voters => _standing.Voters;

    /// <summary>Whether this node's file is one of the voters'.</summary>
    public bool IsVoter => _standing.Voters.Find(_standing.NodeId)?.FileId == _standing.FileId;

    public NodeStanding Standing => _standing;

    /// <summary>Raised with every newer voter set, on no particular thread; must not block.</summary>
    public event Action<VoterSet>? VotersChanged;

    /// <summary>Raised when this node has lost a log that it owned, whether or not something was being written; on no particular thread;
    /// must not block.</summary>
    public event Action<LogLoss>? LogLost;

    internal string Directory => Node.Directory;

    internal LaneAddress Address => Node.Address;

    internal IActorRef Client => _client ?? throw NotStarted();

    internal IActorRef Acceptor { get; private set; } = ActorRefs.Nobody;

    private QuorumNode Node => _node ?? throw NotStarted();

    public static QuorumAccess Get(ActorSystem system) => (QuorumAccess)system.WithExtension<QuorumAccess, QuorumAccessProvider>();

    /// <summary>
    /// Starts the acceptor at <c>/user/quorum</c> and the client. The store becomes the acceptor's, which closes it.
    /// </summary>
    /// <param name="node">Which node this is.</param>
    /// <param name="store">Its voter's file; every node of a cluster has one, so that it can become a voter.</param>
    /// <param name="known">What <c>quorum.properties</c> says; a voter's own file goes before it.</param>
    /// <param name="settings">How patient to be.</param>
    /// <param name="resolve">Where a voter's <c>/user/quorum</c> is found; null takes the voter's address on the control lane.</param>
    public void Start(QuorumNode node, QuorumStore store, QuorumProperties? known, QuorumSettings settings, Func<Voter, ICanTell>? resolve)
    {
        var machine = store.Machine;
        var voters = known is not null && known.Voters.Epoch > machine.Voters.Epoch ? known.Voters : machine.Voters;
        var cluster = machine.ClusterId.Length > 0 ? machine.ClusterId : known?.ClusterId ?? "";
        _standing = new NodeStanding(node.NodeId, machine.FileId, cluster, voters, false, -1);
        _resolve = resolve;
        _firstStore = store;
        _node = node;
        Acceptor = _system.ActorOf(Props.Create(() => new QuorumActor(this)), "quorum");
        _client = _system.ActorOf(Props.Create(() => new QuorumClientActor(this, settings)), "quorum-client");
    }

    /// <summary>
    /// Finds the node's cluster. Completes with <see cref="JoinSelf"/> (then <c>Cluster.Join</c> the own address), <see cref="JoinNodes"/>
    /// (then <c>Cluster.JoinSeedNodes</c>) or <see cref="RefuseStart"/>; <see cref="ClusterId"/> is known then. Tell
    /// <see cref="Joined"/> when the node is up.
    /// </summary>
    public Task<BootstrapStep> BootstrapAsync(BootstrapRequest request, QuorumSettings settings)
    {
        var done = NewCompletion<BootstrapStep>();
        _system.ActorOf(Props.Create(() => new BootstrapActor(this, settings, request, done)));
        return done.Task;
    }

    /// <summary>This node is up: others that look for the cluster join by it. False again when it has left or was downed.</summary>
    public void Joined(bool isJoined) => Stand(isJoined, _standing.Follows);

    /// <summary>Adds or removes a voter; completes when the new set is decided and has all logs, fails with <see cref="QuorumException"/>.</summary>
    public Task<VoterSet> ChangeVotersAsync(VoterChange change)
    {
        var done = NewCompletion<VoterSet>();
        Client.Tell(new ChangeVoters(change, done), ActorRefs.NoSender);
        return done.Task;
    }

    /// <summary>What each voter says of its logs; voters that do not answer in time are missing.</summary>
    public Task<IReadOnlyList<QuorumStatus>> DescribeAsync()
    {
        var done = NewCompletion<IReadOnlyList<QuorumStatus>>();
        Client.Tell(new DescribeVoters(done), ActorRefs.NoSender);
        return done.Task;
    }

    /// <summary>The acceptor's store; one that starts again after a crash reads the file anew, for the machine was ahead of it.</summary>
    internal QuorumStore TakeStore() => Interlocked.Exchange(ref _firstStore, null) ?? QuorumStore.Open(Directory, NodeId);

    /// <summary>Keeps what is newer than what is known.</summary>
    internal void Learn(string clusterId, VoterSet voters)
    {
        lock (_gate)
        {
            if (_standing.ClusterId.Length > 0 && voters.Epoch <= _standing.Voters.Epoch) return;
            _standing = _standing with { ClusterId = clusterId, Voters = voters };
        }

        VotersChanged?.Invoke(voters);
    }

    internal void Lose(string log, OwnerLoss reason) => LogLost?.Invoke(new LogLoss(log, reason));

    /// <summary>As <see cref="Learn"/>, and writes it down on a node that is no voter; a voter's acceptor does that itself.</summary>
    internal void LearnAndKeep(VoterSet voters)
    {
        Learn(ClusterId, voters);
        if (!IsVoter) new QuorumProperties(ClusterId, NodeId, voters).Write(Directory);
    }

    internal void Stand(bool isJoined, int follows)
    {
        lock (_gate) _standing = _standing with { IsJoined = isJoined, Follows = follows };
    }

    internal bool IsOwn(Voter voter) => voter.Id == NodeId && _resolve is null;

    internal ICanTell Resolve(Voter voter)
    {
        if (IsOwn(voter)) return Acceptor;
        return _resolve?.Invoke(voter) ?? At(new LaneAddress(voter.Host, voter.Port));
    }

    internal ICanTell At(LaneAddress address, Func<LaneAddress, ICanTell>? resolve = null) => resolve?.Invoke(address) ??
        _system.ActorSelection($"{_system.Provider.DefaultAddress.Protocol}://{_system.Name}@{address.Host}:{address.Port}/user/quorum");

    /// <summary>Wins a new ballot of the log and keeps what it holds for the replay that follows.</summary>
    internal async Task<RecoveredLog> RecoverAsync(string log)
    {
        var done = NewCompletion<RecoveredLog>();
        Client.Tell(new RecoverLog(log, done), ActorRefs.NoSender);
        var recovered = await done.Task.ConfigureAwait(false);
        _recovered[log] = recovered;
        return recovered;
    }

    /// <summary>What the snapshot of this recovery was taken from, or a new ballot when there was none.</summary>
    internal async Task<RecoveredLog> ForReplayAsync(string log)
    {
        if (_recovered.TryGetValue(log, out var recovered) && recovered.TakeFresh()) return recovered;
        recovered = await RecoverAsync(log).ConfigureAwait(false);
        recovered.TakeFresh();
        return recovered;
    }

    /// <summary>The last recovery of the log on this node.</summary>
    internal RecoveredLog Recovered(string log) =>
        _recovered.TryGetValue(log, out var recovered) ? recovered : throw new QuorumException($"{log} was not recovered on this node.");

    internal static TaskCompletionSource<T> NewCompletion<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal static long NewNonce() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    private static ConfigurationException NotStarted() =>
        new("The metadata quorum was not started on this node: the quorum journal is for nodes that run as a cluster.");
}
