using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A replica that follows: carries the leader's words to the machine, and what it decides to the log.</summary>
internal sealed class SimFollower(NodeProcess node, SimReplica replica)
{
    private const int BatchesAtOnce = 16;

    private readonly FollowerMachine _machine = new();

    public FollowerMachine Machine => _machine;

    private SimLog Log => replica.Log;

    /// <summary>The metadata name a leader, or none.</summary>
    public void Follow(PartitionImage image)
    {
        if (!_machine.Follow(image.Leader, image.LeaderEpoch)) return;
        if (node.World.Has(Mutation.TruncateToHighWatermark)) Log.TruncateTo(Log.HighWatermark);
        Open();
    }

    public void Receive(int from, ReplicationMessage message)
    {
        if (node.World.Has(Mutation.FollowerIgnoresEpoch) && message is RecordsMessage { Batches.Count: > 0 } any)
            message = any with { LeaderEpoch = _machine.LeaderEpoch, Session = _machine.Session };
        switch (message)
        {
            case OpenAnswerMessage answer: OnAnswer(answer); break;
            case RecordsMessage records: OnRecords(records); break;
            case ProbeMessage probe when _machine.IsCurrent(probe.LeaderEpoch, probe.Session): Acknowledge(); break;
        }
    }

    /// <summary>A word may have been lost.</summary>
    public void Tick()
    {
        if (_machine.Phase == FollowerPhase.Opening) Open();
    }

    private void Open()
    {
        if (!_machine.Open(node.NextSession())) return;
        node.Send(_machine.Leader, new OpenMessage(
            replica.Id, _machine.LeaderEpoch, _machine.Session, Session, new ReplicaPosition(0, Log.LogEndOffset, Log.LatestEpoch)));
    }

    private void OnAnswer(OpenAnswerMessage message)
    {
        var answer = message.Answer;
        var own = Log.FindEpochEnd(answer.Epoch);
        var position = new ReplicaPosition(0, Log.LogEndOffset, Log.LatestEpoch);
        var step = _machine.Answered(
            message.LeaderEpoch, message.Session, answer, new EpochEndOffset(own.Epoch, own.EndOffset), position);
        switch (step.Action)
        {
            case FollowerAction.Truncate:
                node.World.Note(node.Id, "truncate", replica.Number, step.Offset, Log.LogEndOffset);
                Log.TruncateTo(step.Offset);
                Open();
                break;
            case FollowerAction.StartOver:
                node.World.Note(node.Id, "start over", replica.Number, step.Offset, Log.LogEndOffset);
                Log.TruncateTo(0);
                Open();
                break;
            case FollowerAction.OpenAgain:
                Open();
                break;
        }
    }

    private void OnRecords(RecordsMessage message)
    {
        var end = message.Batches.Count == 0 ? message.StartOffset : message.Batches[^1].EndOffset;
        switch (_machine.Admit(message.LeaderEpoch, message.Session, message.StartOffset, end, Log.LogEndOffset))
        {
            case RecordsVerdict.Gap:
                Open();
                return;
            case RecordsVerdict.Known:
                Acknowledge();
                return;
            case RecordsVerdict.Take:
                Take(message);
                return;
        }
    }

    private void Take(RecordsMessage message)
    {
        foreach (var batch in message.Batches.Take(BatchesAtOnce))
        {
            var verdict = _machine.Judge(batch.BaseOffset, batch.EndOffset - 1, batch.LeaderEpoch, Log.LogEndOffset, Log.LogEndOffset == 0);
            if (verdict == BatchVerdict.Known) continue;
            if (verdict == BatchVerdict.Corrupt) node.World.Violate("ReplicatedBatchesFit", $"{replica.Name} at {batch.BaseOffset} on {node.Id}");
            if (verdict != BatchVerdict.Take) break;
            Log.Append(batch, batch.LeaderEpoch);
        }
        Log.UpdateHighWatermark(FollowerMachine.HighWatermark(message.HighWatermark, Log.HighWatermark, Log.LogEndOffset));
        node.Cluster.Touched(replica.Id);
        if (!replica.Settings.FlushesAlways()) Acknowledge();
        else node.World.After(node.World.Random.Between(1, 8), node.Life, () =>
        {
            Log.Sync(Log.LogEndOffset);
            if (replica.Follower == this) Acknowledge();
        });
    }

    private void Acknowledge()
    {
        var end = Log.LogEndOffset;
        var durable = replica.Settings.FlushesAlways() && !node.World.Has(Mutation.FollowerAnswersUnsynced) ? Log.DurableEnd : end;
        node.Send(_machine.Leader, new AckMessage(replica.Id, _machine.LeaderEpoch, _machine.Session, Session, end, durable));
    }

    private FollowerSession Session => new(node.Id, node.Incarnation, _machine.Session);
}
