using System.Text;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Groups;

/// <summary>
/// What must hold in every schedule:
/// <b>SingleAssignment</b>: all assignments of a generation come from one leader's sync;
/// <b>AssignmentIsCommitted</b>: who has one could lose it by no failover;
/// <b>MonotonicGeneration</b>: assigned generations never fall, and a living coordinator's generation never does;
/// <b>OffsetsDoNotRegress</b>: a fetch never misses a commit that was acknowledged, or seen, before it;
/// <b>AnsweredOnce</b>: see the world and the coordinator;
/// <b>ReplayEqualsState</b>: the log alone gives back a group at rest;
/// <b>SaneState</b>: requests are parked where their phase parks them, and nowhere else.
/// </summary>
internal sealed class GroupInvariants(GroupWorld world)
{
    private readonly Dictionary<long, GroupCommand> _requests = [];
    private readonly Dictionary<int, string> _assignments = [];
    private readonly Dictionary<(string, int), PartitionHistory> _history = [];
    private readonly Dictionary<long, Dictionary<(string, int), long>> _fetchFloors = [];
    private GroupPipeline? _life;
    private int _generation;
    private int _assigned;
    private long _clock;

    public int Rebalances { get; private set; }

    public int Commits { get; private set; }

    public void Sent(GroupCommand command, Ticket ticket)
    {
        _requests[ticket.Id] = command;
        _clock++;
        if (command is CommitOffsets commit)
            foreach (var offset in commit.Offsets) History(offset.Topic, offset.Partition).Submitted[offset.Offset] = _clock;
        if (command is FetchOffsets)
            _fetchFloors[ticket.Id] = _history.ToDictionary(entry => entry.Key, entry => entry.Value.Floor);
    }

    public void Answered(Ticket ticket, GroupReply? reply)
    {
        _clock++;
        world.Require(_requests.Remove(ticket.Id, out var command), "AnsweredOnce: no such request");
        if (reply is null || reply.Error != ErrorCode.None) return;
        switch (command)
        {
            case SyncGroup sync: Assigned(sync, (SyncGroupReply)reply); break;
            case CommitOffsets commit: Acknowledged(commit, (CommitOffsetsReply)reply); break;
            case FetchOffsets: Fetched(ticket, (FetchOffsetsReply)reply); break;
        }
    }

    public void Check(SimulatedCoordinator coordinator)
    {
        var state = coordinator.State;
        if (_life != coordinator.Pipeline)
        {
            _life = coordinator.Pipeline;
            _generation = 0;
        }

        // Only the removal of an empty group lets its generations begin anew.
        world.Require(state.Generation >= _generation || !state.Exists, $"MonotonicGeneration: from {_generation} to {state.Generation}");
        _generation = state.Generation;
        if (!state.Exists) Forget();
        CheckSanity(state);
        var isAtRest = coordinator.Pipeline.IsSettled && !coordinator.IsAheadOfLog;
        if (isAtRest && state.Phase is GroupPhase.Stable or GroupPhase.Empty) CheckReplay(coordinator);
    }

    private void Forget()
    {
        _assigned = 0;
        _assignments.Clear();
    }

    private void Assigned(SyncGroup sync, SyncGroupReply reply)
    {
        var token = Encoding.UTF8.GetString(reply.Assignment);
        if (token.Length == 0) return;
        var plan = token.Split('|')[0];
        world.Require(!_assignments.TryGetValue(sync.GenerationId, out var known) || known == plan,
            $"SingleAssignment: generation {sync.GenerationId} has {known} and {plan}");
        if (_assignments.TryAdd(sync.GenerationId, plan)) Rebalances++;
        world.Require(sync.GenerationId >= _assigned, $"MonotonicGeneration: assigned {sync.GenerationId} after {_assigned}");
        _assigned = sync.GenerationId;
        var isCommitted = world.Coordinator.Committed.Any(record =>
            record is GroupMetadataWritten written && written.Generation == sync.GenerationId && written.Members.Length > 0);
        world.Require(isCommitted, $"AssignmentIsCommitted: generation {sync.GenerationId}");
    }

    private void Acknowledged(CommitOffsets commit, CommitOffsetsReply reply)
    {
        for (var i = 0; i < commit.Offsets.Length; i++)
        {
            var offset = commit.Offsets[i];
            if (reply.Errors[i] != ErrorCode.None) continue;
            Commits++;
            History(offset.Topic, offset.Partition).Settle(offset.Offset, _clock);
        }
    }

    private void Fetched(Ticket ticket, FetchOffsetsReply reply)
    {
        _fetchFloors.Remove(ticket.Id, out var floors);
        foreach (var topic in reply.Topics)
        {
            foreach (var offset in topic.Partitions)
            {
                var floor = floors!.GetValueOrDefault((topic.Topic, offset.Partition));
                if (offset.Offset == -1)
                {
                    world.Require(floor == 0, $"OffsetsDoNotRegress: nothing at {topic.Topic}-{offset.Partition}");
                    continue;
                }

                var history = History(topic.Topic, offset.Partition);
                world.Require(history.Submitted.ContainsKey(offset.Offset), "OffsetsDoNotRegress: an offset nobody committed");

                // The commit that is seen must not have ended before one that was acknowledged in time began.
                var settled = history.Settled.GetValueOrDefault(offset.Offset, long.MaxValue);
                world.Require(settled > floor, $"OffsetsDoNotRegress: {topic.Topic}-{offset.Partition} went back to {offset.Offset}");
                history.Settle(offset.Offset, _clock);
            }
        }
    }

    private void CheckSanity(GroupState state)
    {
        var members = state.Members.Values;
        var isSane = state.Phase switch
        {
            GroupPhase.Dead or GroupPhase.Empty => !members.Any(),
            GroupPhase.PreparingRebalance => members.All(member => !member.AwaitsSync),
            GroupPhase.CompletingRebalance => members.Any() && members.All(member => !member.AwaitsJoin && !member.IsNew),
            _ => members.Any() && members.All(member => !member.AwaitsJoin && !member.AwaitsSync),
        };
        world.Require(isSane, $"SaneState: {state.Phase} with {state.Members.Count} members");
        world.Require(state.Members.IsEmpty || state.Members.ContainsKey(state.LeaderId ?? ""), $"SaneState: leader {state.LeaderId}");
        world.Require(state.PendingSyncs.All(state.Members.ContainsKey), "SaneState: pending sync of no member");
        world.Require(!state.PendingJoins.Any(state.Members.ContainsKey), "SaneState: a member is pending");
        var instances = members.Where(member => member.IsStatic).Select(member => member.InstanceId).ToList();
        world.Require(instances.Distinct().Count() == instances.Count, "SaneState: an instance twice");
        world.Require((state.InitialDelay is null) || state.Phase == GroupPhase.PreparingRebalance, "SaneState: delay in no rebalance");
    }

    private void CheckReplay(SimulatedCoordinator coordinator)
    {
        var replayed = coordinator.Replay();
        world.Require(Durable(replayed.State) == Durable(coordinator.State),
            $"ReplayEqualsState: {Durable(replayed.State)} is not {Durable(coordinator.State)}");
        world.Require(replayed.Offsets.OrderBy(item => item.Partition).SequenceEqual(
            coordinator.Pipeline.Machine.Offsets.OrderBy(item => item.Partition)), "ReplayEqualsState: offsets");
    }

    private static string Durable(GroupState state)
    {
        var members = state.Members.Values
            .Select(member => $"{member.Id}/{member.InstanceId}={Encoding.UTF8.GetString(member.Assignment)}");
        return $"{state.Phase} {state.Generation} {state.ProtocolType} {state.ProtocolName} {state.LeaderId}: {string.Join(", ", members)}";
    }

    private PartitionHistory History(string topic, int partition)
    {
        if (!_history.TryGetValue((topic, partition), out var history)) _history[(topic, partition)] = history = new PartitionHistory();
        return history;
    }

    private sealed class PartitionHistory
    {
        public Dictionary<long, long> Submitted { get; } = [];

        public Dictionary<long, long> Settled { get; } = [];

        /// <summary>When the latest-begun commit that is known to count began.</summary>
        public long Floor { get; private set; }

        public void Settle(long offset, long clock)
        {
            Settled.TryAdd(offset, clock);
            Floor = Math.Max(Floor, Submitted[offset]);
        }
    }
}
