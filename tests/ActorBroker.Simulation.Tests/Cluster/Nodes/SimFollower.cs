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
    private bool _isFlushing;

    public FollowerMachine Machine => _machine;

    private SimLog Log => replica.Log;

    /// <summary>The metadata name a leader, or none.</summary>
    public void Follow(int leader, int leaderEpoch)
    {
        if (!_machine.Follow(leader, leaderEpoch)) return;
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
            case LeaderHereMessage here when here.LeaderEpoch == _machine.LeaderEpoch && from == _machine.Leader: Open(); break;
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
        node.World.Note(node.Id, "open", replica.Number, _machine.Session, Log.LogEndOffset);
        node.Send(_machine.Leader, new OpenMessage(replica.Id, _machine.LeaderEpoch, _machine.Session, Session, Position));
    }

    private void OnAnswer(OpenAnswerMessage message)
    {
        var answer = message.Answer;
        var own = Log.FindEpochEnd(answer.Epoch);
        var step = _machine.Answered(
            message.LeaderEpoch, message.Session, answer, 0, new EpochEndOffset(own.Epoch, own.EndOffset), Position);
        node.World.Note(node.Id, "answered", replica.Number, (long)step.Action, (long)answer.Error);
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
        var verdict = _machine.Admit(message.LeaderEpoch, message.Session, message.StartOffset, end, Log.LogEndOffset);
        if (verdict == RecordsVerdict.Gap) Open();
        if (verdict == RecordsVerdict.Take) Take(message);
        if (verdict is not (RecordsVerdict.Take or RecordsVerdict.Known)) return;
        Log.UpdateHighWatermark(FollowerMachine.HighWatermark(message.HighWatermark, Log.HighWatermark, Log.LogEndOffset));
        node.Cluster.Touched(node, replica);
        if (!message.WantsAnswer && message.Batches.Count == 0) return;
        Acknowledge();
        if (replica.Settings.FlushesAlways() && Log.DurableEnd < Log.LogEndOffset) Flush();
    }

    private void Flush()
    {
        if (_isFlushing) return;
        _isFlushing = true;
        var upTo = Log.LogEndOffset;
        node.World.After(node.World.Random.Between(1, 8), node.Life, () =>
        {
            _isFlushing = false;
            if (replica.Follower != this) return;
            Log.Sync(upTo);
            if (_machine.Phase == FollowerPhase.Following) Acknowledge();
            if (Log.DurableEnd < Log.LogEndOffset) Flush();
        });
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
    }

    private void Acknowledge()
    {
        var end = Log.LogEndOffset;
        node.Send(_machine.Leader, new AckMessage(replica.Id, _machine.LeaderEpoch, _machine.Session, Session, end, DurableEnd));
    }

    private long DurableEnd =>
        replica.Settings.FlushesAlways() && !node.World.Has(Mutation.FollowerAnswersUnsynced) ? Log.DurableEnd : Log.LogEndOffset;

    private ReplicaPosition Position => new(0, Log.LogEndOffset, DurableEnd, Log.LatestEpoch);

    private FollowerSession Session => new(node.Id, node.Incarnation, _machine.Session);
}
