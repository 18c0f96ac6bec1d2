using ActorBroker.Core.Kernel;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Checkers;

/// <summary>
/// All that is true of one partition, as nobody inside can see it: what was ever committed, in order, and who led when. A record is committed
/// when a leader's high watermark has passed it; from then on every leader has to have it where it is.
/// </summary>
internal sealed class PartitionOracle(SimWorld world, TopicIdPartition id, string name)
{
    private readonly List<SimBatch> _committed = [];
    private readonly Dictionary<int, (int Node, long Incarnation)> _leaders = [];
    private readonly HashSet<long> _onceValues = [];
    private int _newestEpoch = -1;
    private readonly Dictionary<long, long> _lastOfProducer = [];

    public TopicIdPartition Id => id;

    public string Name => name;

    public long CommittedEnd => _committed.Count == 0 ? 0 : _committed[^1].EndOffset;

    public int Leaders => _leaders.Count;

    public long Acknowledged { get; private set; }

    public IReadOnlyList<SimBatch> Committed => _committed;

    /// <summary>A grant was taken up.</summary>
    public void LeaderStarted(int node, long incarnation, int epoch, SimLog log)
    {
        if (!_leaders.TryAdd(epoch, (node, incarnation)) && _leaders[epoch] != (node, incarnation))
        {
            world.Violate("OneLeaderPerEpoch",
                $"{name} epoch {epoch} is led by {node}/{incarnation} and by {_leaders[epoch].Node}/{_leaders[epoch].Incarnation}");
        }
        // Who takes up a grant that is over by now finds nobody who follows it.
        if (epoch < _newestEpoch) return;
        _newestEpoch = epoch;
        RequireCommitted("CommittedRecordLost", $"the leader {node} of epoch {epoch}", log);
    }

    public void WatermarkMoved(int node, long incarnation, int epoch, SimLog log, long before, long after)
    {
        if (after < before) world.Violate("WatermarkMonotonic", $"{name} at leader {node} of epoch {epoch} went from {before} to {after}");
        if (_leaders.TryGetValue(epoch, out var leader) && leader != (node, incarnation))
            world.Violate("OneCommittingLeader", $"{name}: {node} commits under epoch {epoch} of {leader.Node}");
        if (after <= CommittedEnd)
        {
            if (log.HashAt(after) != HashAt(after)) world.Violate("CommittedRecordChanged", $"{name} below {after} at leader {node} of epoch {epoch}");
            return;
        }
        RequireCommitted("CommittedRecordChanged", $"the leader {node} of epoch {epoch} that commits up to {after}", log);
        foreach (var batch in log.Read(CommittedEnd, after, int.MaxValue)) Commit(batch);
    }

    /// <summary>A node that holds a replica and is as far as this has the same records.</summary>
    public void RequireCommitted(string invariant, string whose, SimLog log)
    {
        if (CommittedEnd == 0) return;
        if (log.LogEndOffset < CommittedEnd)
            world.Violate(invariant, $"{name}: the log of {whose} ends at {log.LogEndOffset}, committed is {CommittedEnd}");
        if (log.HashAt(CommittedEnd) != _committed[^1].PrefixHash)
            world.Violate(invariant, $"{name}: the log of {whose} differs from what is committed at {FirstDifference(log)}");
    }

    /// <summary>A producer was told that its batch is committed.</summary>
    public void OnAcknowledged(int node, int epoch, long value, long offset)
    {
        Acknowledged++;
        if (Find(offset) is not { } batch) world.Violate("AcknowledgedIsCommitted", $"{name}: {value} at {offset} by {node} of epoch {epoch}");
        else if (batch.Value != value || batch.BaseOffset != offset)
            world.Violate("AcknowledgedAtItsOffset", $"{name}: {value} at {offset} by {node}, there is {batch.Value} at {batch.BaseOffset}");
    }

    /// <summary>A consumer was given this.</summary>
    public void OnRead(int client, SimBatch batch)
    {
        if (Find(batch.BaseOffset) is not { } committed) world.Violate("OnlyCommittedIsRead", $"{name}: client {client} read {batch.BaseOffset}");
        else if (committed.Value != batch.Value)
            world.Violate("ReadIsWhatWasCommitted", $"{name}: client {client} read {batch.Value} at {batch.BaseOffset}, it was {committed.Value}");
    }

    public ulong? HashAt(long offset)
    {
        if (offset == 0) return new SimLog(id).HashAt(0);
        return Find(offset - 1) is { } batch && batch.EndOffset == offset ? batch.PrefixHash : null;
    }

    public SimBatch? Find(long offset)
    {
        var (low, high) = (0, _committed.Count - 1);
        if (offset < 0 || offset >= CommittedEnd) return null;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (_committed[middle].BaseOffset <= offset) low = middle;
            else high = middle - 1;
        }
        return _committed[low];
    }

    private void Commit(SimBatch batch)
    {
        if (batch.BaseOffset != CommittedEnd) world.Violate("CommittedWithoutHoles", $"{name}: {batch.BaseOffset} follows {CommittedEnd}");
        _committed.Add(batch);
        if (!batch.Facts.HasProducerId) return;
        if (!_onceValues.Add(batch.Value)) world.Violate("NoDuplicate", $"{name}: {batch.Value} of producer {batch.Facts.ProducerId} is there twice");
        if (batch.Facts.BaseSequence < _lastOfProducer.GetValueOrDefault(batch.Facts.ProducerId, -1))
            world.Violate("ProducerOrder", $"{name}: sequence {batch.Facts.BaseSequence} of producer {batch.Facts.ProducerId} comes late");
        _lastOfProducer[batch.Facts.ProducerId] = batch.Facts.LastSequence;
    }

    private long FirstDifference(SimLog log)
    {
        foreach (var batch in _committed)
            if (log.HashAt(batch.EndOffset) != batch.PrefixHash) return batch.BaseOffset;
        return -1;
    }
}
