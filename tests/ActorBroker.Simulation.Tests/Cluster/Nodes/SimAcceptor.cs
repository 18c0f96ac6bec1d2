using ActorBroker.Core.Quorum;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// A voter: what <c>QuorumActor</c> does. Decides and applies each call, writes what was decided with one sync, and lets the replies go when
/// all records before them are on the disk.
/// </summary>
internal sealed class SimAcceptor
{
    private readonly NodeProcess _node;
    private readonly SimVoterDisk _disk;
    private readonly AcceptorMachine _machine = new();
    private readonly Queue<(int Records, int To, QuorumReply Reply)> _replies = new();
    private bool _isSyncing;

    public SimAcceptor(NodeProcess node, SimVoterDisk disk)
    {
        _node = node;
        _disk = disk;
        foreach (var record in disk.Records) _machine.Apply((AcceptorRecord)record);
    }

    public AcceptorMachine Machine => _machine;

    public void Receive(int from, QuorumCall call)
    {
        var decision = _machine.Decide(call);
        foreach (var record in decision.Records)
        {
            _machine.Apply(record);
            if (!IsForgotten(record)) _disk.Append(record);
        }
        _replies.Enqueue((_disk.Count, from, decision.Reply));
        if (!_isSyncing) Sync();
    }

    /// <summary>Where a planted bug answers for what never reaches the disk.</summary>
    private bool IsForgotten(AcceptorRecord record) =>
        (record is PromiseMade && _node.World.Has(Mutation.PromiseNotSynced))
        || (record is EntriesAccepted && _node.World.Has(Mutation.EntryNotSynced) && _node.World.Random.Next(3) != 0);

    private void Sync()
    {
        _isSyncing = true;
        var upTo = _disk.Count;
        _node.World.After(_node.World.Random.Between(1, 6), _node.Life, () =>
        {
            _isSyncing = false;
            _disk.Sync(upTo);
            while (_replies.TryPeek(out var next) && next.Records <= upTo)
            {
                _replies.Dequeue();
                _node.Send(next.To, new QuorumReplyMessage(_node.Id, next.Reply));
            }
            if (_replies.Count > 0) Sync();
        });
    }
}
