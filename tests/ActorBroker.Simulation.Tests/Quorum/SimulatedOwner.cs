using System.Buffers.Binary;
using ActorBroker.Core.Quorum;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>A persistent actor and its owner: recovers, appends atomic writes of some events, takes snapshots, cuts, and stops at a failure.</summary>
internal sealed class SimulatedOwner(QuorumWorld world, SimulatedNode node, string log, int tag)
{
    private OwnerMachine _machine = null!;
    private int _writes;
    private bool _isOver;

    public int Tag => tag;

    public VoterSet? FirstVoters { get; init; }

    public Ballot Seen { get; init; }

    /// <summary>Only takes the ballot, for a change of voters.</summary>
    public Action? OnEnd { get; init; }

    public void Start()
    {
        var settings = new OwnerSettings(node.Id, world.NowMs, QuorumWorld.ClusterId) { TimeoutMs = 3_000, RetransmitMs = 100, PageBytes = 300 };
        var seen = Seen > Ballot.None ? Seen : node.Acceptor?.PromisedOf(log) ?? Ballot.None;
        Nonce = world.NextNonce();
        _machine = new OwnerMachine(log, settings, FirstVoters ?? node.Known, seen, Nonce, tag);
        _writes = world.IsHealed ? 3 : world.Random.Next(40);
        Carry(_machine.Start(world.NowMs));
        Tick();
    }

    public long Nonce { get; private set; }

    private bool IsAlive => !_isOver && node.Runs(this);

    private void Tick() => world.After(25, () =>
    {
        if (!IsAlive) return;
        Carry(_machine.Tick(world.NowMs));
        Tick();
    });

    private void Carry(IReadOnlyList<QuorumOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SendToVoter send:
                    node.Send(send.Voter, send.Request, (voter, reply) =>
                    {
                        if (IsAlive) Carry(_machine.Receive(voter, reply, world.NowMs));
                    });
                    break;
                case BallotTaken taken:
                    world.Invariants.Taken(log, taken.Ballot, Nonce, _machine.Log);
                    world.Invariants.Committed(log, _machine.Ballot, _machine.Log, _machine.Committed);
                    if (OnEnd is not null) End(OnEnd);
                    else Next();
                    break;
                case EntriesCommitted committed:
                    world.Invariants.Committed(log, _machine.Ballot, _machine.Log, committed.SequenceNr);
                    Next();
                    break;
                case SnapshotKept kept:
                    if (world.Random.Next(2) == 0 && IsAlive && !_machine.IsLost) Carry(_machine.Cut(kept.SequenceNr - world.Random.Next(5), world.NowMs));
                    break;
                case OwnershipLost lost:
                    if (lost.Voters.Epoch > node.Known.Epoch) node.Known = lost.Voters;
                    if (lost.Reason == OwnerLoss.VotersInDoubt) node.FinishChange();
                    End(OnEnd ?? Again);
                    break;
            }
        }
    }

    private void Next()
    {
        if (_writes-- <= 0) return;
        world.After(world.Random.Next(60), () =>
        {
            if (!IsAlive || _machine.IsLost) return;
            if (world.Random.Next(8) == 0) Snapshot();
            var writes = new List<(long, long, ReadOnlyMemory<byte>)>();
            var last = _machine.Log.Last.SequenceNr;
            for (var count = 1 + world.Random.Next(2); count > 0; count--)
            {
                var first = last + 1;
                last += 1 + world.Random.Next(3);
                var bytes = new byte[8 + world.Random.Next(120)];
                BinaryPrimitives.WriteInt64BigEndian(bytes, world.NextNonce());
                writes.Add((first, last, bytes));
            }

            Carry(_machine.Append(writes, world.NowMs));
        });
    }

    private void Snapshot()
    {
        var at = _machine.Committed - world.Random.Next(3);
        if (at <= _machine.Log.SnapshotSequenceNr) return;
        Carry(_machine.KeepSnapshot(at, world.NowMs, world.Invariants.Digest(log, at), world.NowMs));
    }

    private void Again()
    {
        if (world.IsLastAct || (!world.IsHealed && world.Random.Next(2) == 0)) world.After(200 + world.Random.Next(800), () => node.Own(log));
    }

    private void End(Action then)
    {
        if (_isOver) return;
        _isOver = true;
        node.Ended(this);
        then();
    }
}
