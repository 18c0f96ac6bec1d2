using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>
/// A process with an acceptor and its disk, and with owners and voter changes that come and go, as <c>QuorumActor</c> and
/// <c>QuorumClientActor</c> run them.
/// </summary>
internal sealed class SimulatedNode(QuorumWorld world, int id)
{
    public static readonly string[] LogNames = ["controller", "shards"];

    private readonly Dictionary<int, SimulatedOwner> _owners = [];
    private readonly Dictionary<int, SimulatedChange> _changes = [];
    private SimulatedDisk _disk = new();
    private AcceptorMachine? _acceptor;
    private bool _isSyncing;
    private List<(QuorumReply Reply, int To, Action<QuorumReply> Answer)> _replies = [];
    private int _life;
    private int _tags;
    private Uuid _fileId;

    public int Id => id;

    public bool IsUp => _acceptor is not null;

    public bool IsChanging => _changes.Count > 0;

    public bool IsFormed => _acceptor is { ClusterId.Length: > 0 };

    public AcceptorMachine? Acceptor => _acceptor;

    public VoterSet Known { get; set; } = VoterSet.None;

    public Voter AsVoter()
    {
        if (_fileId == Uuid.Zero) Create();
        return new Voter(id, _fileId, $"host{id}", 9000 + id);
    }

    public void Found(VoterSet first)
    {
        Persist([new ClusterJoined(QuorumWorld.ClusterId), new VotersDecided(first)]);
        _disk.Sync(_disk.Count);
        Known = first;
    }

    /// <summary>Schedules what happens to this node and what it tries.</summary>
    public void Live(int durationMs)
    {
        var random = world.Random;
        for (var crashes = random.Next(4); crashes > 0; crashes--) world.After(random.Next(durationMs), Crash);
        for (var owners = 1 + random.Next(4); owners > 0; owners--)
        {
            var log = LogNames[random.Next(LogNames.Length)];
            world.After(random.Next(durationMs), () => Own(log));
        }

        for (var changes = random.Next(3); changes > 0; changes--) world.After(random.Next(durationMs), ChangeVoters);
        for (var rewrites = random.Next(2); rewrites > 0; rewrites--)
            world.After(random.Next(durationMs), () =>
            {
                if (_acceptor is not null && !_isSyncing && _disk.Unsynced == 0) _disk.Rewrite(_acceptor);
            });
    }

    public void Receive(int from, QuorumCall call, Action<QuorumReply> answer)
    {
        if (_acceptor is null) return;
        var decision = _acceptor.Decide(call);
        Persist(decision.Records);
        _replies.Add((decision.Reply, from, answer));
        Sync();
    }

    public void Send(Voter to, QuorumRequest request, Action<int, QuorumReply> onReply)
    {
        var life = _life;
        var call = new QuorumCall(QuorumWorld.ClusterId, to.FileId, QuorumWorld.ThroughBytes(request));
        world.Carry(id, to.Id, () => world.Node(to.Id).Receive(id, call, reply =>
        {
            if (life == _life) onReply(to.Id, QuorumWorld.ThroughBytes(reply));
        }));
    }

    public void Own(string log)
    {
        if (_acceptor is null || Known.Epoch == 0) return;
        var owner = new SimulatedOwner(world, this, log, NewTag());
        _owners.Add(owner.Tag, owner);
        owner.Start();
    }

    public void TakeBallot(string log, VoterSet voters, Ballot seen, Action onEnd)
    {
        var owner = new SimulatedOwner(world, this, log, NewTag()) { OnEnd = onEnd, FirstVoters = voters, Seen = seen };
        _owners.Add(owner.Tag, owner);
        owner.Start();
    }

    public void Ended(SimulatedOwner owner) => _owners.Remove(owner.Tag);

    public void Ended(SimulatedChange change) => _changes.Remove(change.Tag);

    public void FinishChange() => Change(FinishVoterChange.Instance);

    public void Heal()
    {
        if (_acceptor is null) Restart();
        foreach (var change in _changes.Values.ToList()) change.Stop();
    }

    public void RunLast()
    {
        foreach (var node in world.All) node.StopAll();
        foreach (var log in LogNames) Own(log);
    }

    private void StopAll()
    {
        _owners.Clear();
        _changes.Clear();
    }

    public bool Runs(SimulatedOwner owner) => _owners.GetValueOrDefault(owner.Tag) == owner;

    public bool Runs(SimulatedChange change) => _changes.GetValueOrDefault(change.Tag) == change;

    public void Change(VoterChange change)
    {
        if (_acceptor is null || Known.Epoch == 0 || _changes.Count > 0) return;
        var running = new SimulatedChange(world, this, change, NewTag());
        _changes.Add(running.Tag, running);
        running.Start();
    }

    private void ChangeVoters()
    {
        if (Known.Epoch == 0 || world.IsHealed) return;
        var other = world.Node(1 + world.Random.Next(QuorumWorld.Nodes));
        if (Known.Find(other.Id) is { } known && known.FileId != other._fileId) Change(new RemoveVoter(other.Id));
        else if (!Known.Contains(other.Id)) Change(new AddVoter(other.AsVoter()));
        else if (Known.Voters.Length > 1) Change(new RemoveVoter(other.Id));
    }

    /// <summary>The disk is lost with everything that was promised; what comes back is another voter under the old name.</summary>
    public void Wipe()
    {
        Crash();
        _fileId = Uuid.Zero;
        Known = VoterSet.None;
    }

    private void Create()
    {
        _fileId = new Uuid((ulong)world.NextNonce(), (ulong)id);
        _disk = new SimulatedDisk();
        _acceptor = new AcceptorMachine();
        if (Known.Epoch > 0) throw new InvalidOperationException("made twice");
        Persist([new VoterCreated(id, _fileId)]);
        _disk.Sync(_disk.Count);
    }

    private void Crash()
    {
        if (_acceptor is null || world.IsHealed) return;
        _life++;
        _acceptor = null;
        _owners.Clear();
        _changes.Clear();
        _replies = [];
        _isSyncing = false;
        _disk.Crash(world.Random);
        world.After(world.Random.Next(4_000), Restart);
    }

    private void Restart()
    {
        if (_acceptor is not null) return;
        if (_fileId == Uuid.Zero) Create();
        else _acceptor = _disk.Read();
        if (_acceptor!.Voters.Epoch > Known.Epoch) Known = _acceptor.Voters;
    }

    private void Persist(IReadOnlyList<AcceptorRecord> records)
    {
        if (records.Count == 0) return;
        foreach (var record in records) _acceptor!.Apply(record);
        _disk.Write(records);
        world.Invariants.Written(this, records);
        if (_acceptor!.Voters.Epoch > Known.Epoch) Known = _acceptor.Voters;
    }

    private void Sync()
    {
        if (_isSyncing) return;
        _isSyncing = true;
        var (batch, life, written) = (_replies, _life, _disk.Count);
        _replies = [];
        world.After(world.Random.Next(8) == 0 ? world.Random.Next(60) : world.Random.Next(3), () =>
        {
            if (life != _life) return;
            _isSyncing = false;
            _disk.Sync(written);
            foreach (var (reply, to, answer) in batch) world.Carry(id, to, () => answer(reply));
            if (_replies.Count > 0) Sync();
        });
    }

    private int NewTag() => ++_tags;
}
