using System.Buffers.Binary;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Quorum;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// The controller's journal over the voters: what the quorum's journal plugin does around one <see cref="OwnerMachine"/>, from one recovery of
/// the actor to its end. Events are kept by number, so an entry's bytes are a number.
/// </summary>
internal sealed class SimQuorumJournal(NodeProcess node, SimEvents events, VoterSet voters) : ISimJournal
{
    private const string Log = "controller";
    private const int TickMs = 40;

    private readonly Queue<(long SequenceNr, Action Written)> _writes = new();
    private readonly int _tag = events.NextTag();
    private OwnerMachine? _owner;
    private Action<MetadataImage?, IReadOnlyList<MetadataBatch>, long> _recovered = (_, _, _) => { };
    private Action _lost = () => { };
    private Action<long> _snapshotKept = _ => { };

    public void Recover(Action<MetadataImage?, IReadOnlyList<MetadataBatch>, long> then, Action lost)
    {
        (_recovered, _lost) = (then, lost);
        var isShared = node.World.Has(Mutation.SharedBallot);
        var settings = new OwnerSettings(isShared ? 1 : node.Id, node.Incarnation, SimCluster.ClusterId) { TimeoutMs = 1_500, RetransmitMs = 100 };
        var nonce = isShared ? 7 : (long)(node.World.Random.NextUInt64() >> 1) | 1;
        _owner = new OwnerMachine(Log, settings, voters, Ballot.None, nonce, _tag);
        node.Listen(_tag, Receive);
        Carry(_owner.Start(node.World.NowMs));
        Tick();
    }

    public void Append(IReadOnlyList<MetadataBatch> batches, Action written)
    {
        if (_owner is not { IsOwning: true } owner) return;
        var first = owner.Log.Last.SequenceNr + 1;
        var last = first + batches.Count - 1;
        _writes.Enqueue((last, written));
        Carry(owner.Append([(first, last, Bytes(events.Add(batches)))], node.World.NowMs));
    }

    public void KeepSnapshot(MetadataImage image, Action kept)
    {
        if (_owner is not { IsOwning: true } owner) return;
        _snapshotKept = sequenceNr =>
        {
            kept();
            if (_owner is { IsOwning: true } still) Carry(still.Cut(sequenceNr, node.World.NowMs));
        };
        Carry(owner.KeepSnapshot(owner.Committed, 0, Bytes(events.Add(image)), node.World.NowMs));
    }

    public void Close()
    {
        node.Listen(_tag, null);
        _owner = null;
    }

    private void Tick() => node.World.After(TickMs, node.Life, () =>
    {
        if (_owner is null) return;
        Carry(_owner.Tick(node.World.NowMs));
        Tick();
    });

    private void Receive(int voter, QuorumReply reply)
    {
        if (_owner is null) return;
        if (reply is Promised promised && promised.Last != LogPosition.Origin && node.World.Has(Mutation.AdoptLongestLog))
            reply = promised with { Last = promised.Last with { Ballot = Ballot.Of(1, 1) } };
        Carry(_owner.Receive(voter, reply, node.World.NowMs));
    }

    private void Carry(IReadOnlyList<QuorumOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SendToVoter send:
                    node.Send(send.Voter.Id, new QuorumCallMessage(new QuorumCall(SimCluster.ClusterId, send.Voter.FileId, send.Request)));
                    break;
                case BallotTaken taken:
                    Recovered(taken.Ballot);
                    break;
                case EntriesCommitted committed:
                    while (_writes.TryPeek(out var write) && write.SequenceNr <= committed.SequenceNr) _writes.Dequeue().Written();
                    break;
                case SnapshotKept kept:
                    _snapshotKept(kept.SequenceNr);
                    break;
                case OwnershipLost lost:
                    node.World.Note(node.Id, "ownership lost", (long)lost.Reason, 0, 0, lost.Text);
                    Close();
                    _lost();
                    return;
            }
        }
    }

    private void Recovered(Ballot ballot)
    {
        var log = _owner!.Log;
        var batches = new List<MetadataBatch>();
        foreach (var entry in log.Entries)
        {
            if (entry.Kind != QuorumEntryKind.Events || entry.Last <= log.SnapshotSequenceNr) continue;
            var written = events.Batches(Number(entry.Bytes));
            batches.AddRange(written.Skip((int)Math.Max(0, log.SnapshotSequenceNr + 1 - entry.First)));
        }
        _recovered(log.Snapshot is { } snapshot ? events.Image(Number(snapshot.Bytes)) : null, batches, ballot.Value);
    }

    private static ReadOnlyMemory<byte> Bytes(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static int Number(ReadOnlyMemory<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes.Span);
}
