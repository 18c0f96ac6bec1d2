using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Asks the controller for the changes of the in-sync replicas that the leader's machine proposes, one at a time, and takes the answer back
/// to it. On the leader's turn; the answer comes as a message.
/// </summary>
internal sealed class IsrReporter(PartitionMachine machine, int node, TopicIdPartition id, IActorRef leader, ReplicationServices services)
{
    private const int ResignationsMax = 100;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly int _leaderEpoch = machine.LeaderEpoch;

    /// <summary>Asks for what is due; <paramref name="tickMs"/> is given when time has passed.</summary>
    public void Consider(long? tickMs)
    {
        var isr = machine.ProposeIsr(tickMs, services.IsEligible);
        if (isr.IsDefault) return;
        machine.InSync.Submit(isr);
        var members = ImmutableArray.CreateBuilder<IsrMember>(isr.Length);
        foreach (var member in isr) members.Add(new IsrMember(member, IncarnationOf(member)));
        var command = new AlterPartition(
            node, services.Incarnation, id.TopicId, id.Partition, _leaderEpoch, machine.PartitionEpoch, members.MoveToImmutable());
        _ = SubmitAsync(command);
    }

    /// <summary>True when the in-sync replicas have changed.</summary>
    public bool OnAnswer(IsrAnswered answered)
    {
        if (answered.LeaderEpoch != _leaderEpoch) return false;
        if (answered is { Error: ErrorCode.None, Partition: { } partition } && partition.LeaderEpoch == _leaderEpoch)
        {
            machine.IsrChanged(partition.Isr, partition.PartitionEpoch);
            return true;
        }

        // These are said after the epochs were found right: nothing was changed under them.
        if (answered.Error is ErrorCode.IneligibleReplica or ErrorCode.InvalidRequest) machine.InSync.Refuse();
        else machine.InSync.Unanswered();
        return false;
    }

    /// <summary>This leader's log has failed: another replica is to lead. Asks until somebody has decided.</summary>
    public void Resign() => _ = ResignAsync();

    private async Task ResignAsync()
    {
        for (var attempt = 0; attempt < ResignationsMax && LedHere() is { } partition; attempt++)
        {
            var command = new AlterPartition(node, services.Incarnation, id.TopicId, id.Partition, _leaderEpoch, partition.PartitionEpoch, []);
            await services.Controller.SubmitAsync(command, s_limit, CancellationToken.None).ConfigureAwait(false);
            await Task.Delay(s_pause).ConfigureAwait(false);
        }
    }

    private PartitionImage? LedHere() =>
        services.Metadata.Current.TopicsById.TryGetValue(id.TopicId, out var topic) && id.Partition < topic.Partitions.Length
            && topic.Partitions[id.Partition] is { } partition && partition.Leader == node && partition.LeaderEpoch == _leaderEpoch ? partition : null;

    private long IncarnationOf(int member)
    {
        if (member == node) return services.Incarnation;
        if (machine.Replication.Find(member) is { Incarnation: >= 0 and var known }) return known;
        return services.Metadata.Current.Brokers.TryGetValue(member, out var broker) ? broker.Incarnation : -1;
    }

    private async Task SubmitAsync(AlterPartition command)
    {
        var answered = new IsrAnswered(command.LeaderEpoch, ErrorCode.RequestTimedOut, null);
        try
        {
            var answer = await services.Controller.SubmitAsync(command, s_limit, CancellationToken.None).ConfigureAwait(false);
            answered = answer.Reply is { } reply
                ? new IsrAnswered(command.LeaderEpoch, reply.Error.Code, reply.Partition)
                : new IsrAnswered(command.LeaderEpoch, answer.Error.Code, null);
        }
        finally
        {
            leader.Tell(answered, ActorRefs.NoSender);
        }
    }
}
