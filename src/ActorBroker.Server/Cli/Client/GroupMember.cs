using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>What a member is to read in one generation of its group.</summary>
internal sealed record GroupAssignment(int Generation, IReadOnlyList<TopicPartition> Partitions);

/// <summary>
/// A member of a classic consumer group with the range assignor and the eager protocol: join, as leader divide, sync, heartbeat; when
/// the group rebalances everything is given up and joined anew. <see cref="RebalanceNeeded"/> ends when that is due. Not thread-safe
/// besides the heartbeats, which run on their own.
/// </summary>
internal sealed class GroupMember(KafkaClient client, string group, IReadOnlyList<string> topics) : IAsyncDisposable
{
    private const string Protocol = "range";
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RebalanceTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(2);

    private string _memberId = "";
    private int _generation = -1;
    private CancellationTokenSource? _beating;
    private Task _heartbeats = Task.CompletedTask;
    private TaskCompletionSource _rebalance = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task RebalanceNeeded => _rebalance.Task;

    /// <summary>Joins, or joins again, until a generation stands.</summary>
    public async Task<GroupAssignment> JoinAsync(CancellationToken cancel)
    {
        await StopHeartbeatsAsync().ConfigureAwait(false);
        _rebalance = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            try
            {
                var joined = await JoinOnceAsync(cancel).ConfigureAwait(false);
                _memberId = joined.MemberId;
                _generation = joined.GenerationId;
                var partitions = await SyncAsync(joined, cancel).ConfigureAwait(false);
                StartHeartbeats(cancel);
                return new GroupAssignment(_generation, partitions);
            }
            catch (KafkaErrorException error) when (error.Error is ErrorCode.RebalanceInProgress or ErrorCode.MemberIdRequired)
            {
                // The next attempt carries the id just given, or joins the new generation.
            }
            catch (KafkaErrorException error) when (error.Error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration)
            {
                _memberId = "";
            }
        }
    }

    /// <summary>False when the group has moved on, and the positions belong to someone else now.</summary>
    public async Task<bool> CommitAsync(IReadOnlyDictionary<TopicPartition, long> positions, CancellationToken cancel)
    {
        if (positions.Count == 0) return true;
        try
        {
            await client.CommitAsync(group, positions, cancel, _generation, _memberId).ConfigureAwait(false);
            return true;
        }
        catch (KafkaErrorException error) when (error.Error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId)
        {
            _rebalance.TrySetResult();
            return false;
        }
    }

    /// <summary>Leaves, so that the others need not wait for the session to end.</summary>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        await StopHeartbeatsAsync().ConfigureAwait(false);
        if (_memberId.Length == 0) return;
        await client.OnCoordinatorAsync<LeaveGroupResponse>(
            group,
            ApiKey.LeaveGroup,
            version => version >= 3
                ? new LeaveGroupRequest { GroupId = group, Members = [new() { MemberId = _memberId }] }
                : new LeaveGroupRequest { GroupId = group, MemberId = _memberId },
            _ => { },
            cancel).ConfigureAwait(false);
        _memberId = "";
    }

    public async ValueTask DisposeAsync() => await StopHeartbeatsAsync().ConfigureAwait(false);

    /// <summary>Divides each topic's partitions in runs of equal length, the first members getting one more, as Kafka's range assignor
    /// does.</summary>
    internal static Dictionary<string, List<TopicPartition>> Divide(
        IReadOnlyDictionary<string, IReadOnlyList<string>> topicsOfMember, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var plan = topicsOfMember.Keys.ToDictionary(id => id, _ => new List<TopicPartition>(), StringComparer.Ordinal);
        foreach (var (topic, count) in partitionCounts)
        {
            var members = topicsOfMember.Where(m => m.Value.Contains(topic)).Select(m => m.Key).Order(StringComparer.Ordinal).ToArray();
            var next = 0;
            for (var i = 0; i < members.Length; i++)
            {
                var share = count / members.Length + (i < count % members.Length ? 1 : 0);
                for (var n = 0; n < share; n++) plan[members[i]].Add(new TopicPartition(topic, next++));
            }
        }

        return plan;
    }

    private async Task<JoinGroupResponse> JoinOnceAsync(CancellationToken cancel)
    {
        var subscription = new ConsumerProtocolSubscription { Topics = [.. topics] };
        using var bytes = new WireWriter();
        bytes.WriteInt16(0);
        subscription.Write(bytes, 0);
        var metadata = bytes.WrittenMemory.ToArray();
        return await client.OnCoordinatorAsync<JoinGroupResponse>(
            group,
            ApiKey.JoinGroup,
            _ => new JoinGroupRequest
            {
                GroupId = group,
                MemberId = _memberId,
                SessionTimeoutMs = (int)SessionTimeout.TotalMilliseconds,
                RebalanceTimeoutMs = (int)RebalanceTimeout.TotalMilliseconds,
                ProtocolType = "consumer",
                Protocols = [new() { Name = Protocol, Metadata = metadata }],
            },
            answer =>
            {
                if (answer.ErrorCode == ErrorCode.MemberIdRequired) _memberId = answer.MemberId;
                TopicCalls.Check(answer.ErrorCode, $"group {group}", null);
            },
            cancel,
            RebalanceTimeout).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<TopicPartition>> SyncAsync(JoinGroupResponse joined, CancellationToken cancel)
    {
        var plan = joined.Leader == joined.MemberId && !joined.SkipAssignment
            ? await PlanAsync(joined, cancel).ConfigureAwait(false)
            : [];
        var synced = await client.OnCoordinatorAsync<SyncGroupResponse>(
            group,
            ApiKey.SyncGroup,
            version => new SyncGroupRequest
            {
                GroupId = group,
                GenerationId = joined.GenerationId,
                MemberId = joined.MemberId,
                ProtocolType = version >= 5 ? "consumer" : null,
                ProtocolName = version >= 5 ? joined.ProtocolName : null,
                Assignments = plan,
            },
            answer => TopicCalls.Check(answer.ErrorCode, $"group {group}", null),
            cancel,
            RebalanceTimeout).ConfigureAwait(false);
        return GroupCalls.Assigned(synced.Assignment);
    }

    private async Task<List<SyncGroupRequest.SyncGroupRequestAssignment>> PlanAsync(JoinGroupResponse joined, CancellationToken cancel)
    {
        var topicsOfMember = joined.Members.ToDictionary(m => m.MemberId, m => Subscribed(m.Metadata), StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var topic in topicsOfMember.Values.SelectMany(list => list).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var known = await client.FindTopicAsync(topic, false, cancel).ConfigureAwait(false);
            if (known is not null) counts[topic] = known.Partitions.Count;
        }

        return [.. Divide(topicsOfMember, counts).Select(entry => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = entry.Key, Assignment = Encode(entry.Value),
        })];
    }

    private static IReadOnlyList<string> Subscribed(ReadOnlyMemory<byte> metadata)
    {
        var reader = new WireReader(metadata);
        var version = Math.Clamp(reader.ReadInt16(), ConsumerProtocolSubscription.LowestVersion, ConsumerProtocolSubscription.HighestVersion);
        var subscription = new ConsumerProtocolSubscription();
        subscription.Read(ref reader, version);
        return subscription.Topics;
    }

    private static byte[] Encode(List<TopicPartition> partitions)
    {
        var assignment = new ConsumerProtocolAssignment();
        foreach (var topic in partitions.GroupBy(at => at.Topic, StringComparer.Ordinal))
            assignment.AssignedPartitions.Add(new() { Topic = topic.Key, Partitions = [.. topic.Select(at => at.Partition)] });
        using var writer = new WireWriter();
        writer.WriteInt16(0);
        assignment.Write(writer, 0);
        return writer.WrittenMemory.ToArray();
    }

    private void StartHeartbeats(CancellationToken cancel)
    {
        _beating = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var token = _beating.Token;
        _heartbeats = Task.Run(() => BeatAsync(token), CancellationToken.None);
    }

    private async Task StopHeartbeatsAsync()
    {
        if (_beating is null) return;
        await _beating.CancelAsync().ConfigureAwait(false);
        await _heartbeats.ConfigureAwait(false);
        _beating.Dispose();
        _beating = null;
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        try
        {
            using var timer = new PeriodicTimer(HeartbeatInterval);
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            {
                await client.OnCoordinatorAsync<HeartbeatResponse>(
                    group,
                    ApiKey.Heartbeat,
                    _ => new HeartbeatRequest { GroupId = group, GenerationId = _generation, MemberId = _memberId },
                    answer => TopicCalls.Check(answer.ErrorCode, $"group {group}", null),
                    cancel).ConfigureAwait(false);
            }
        }
        catch (ClientException)
        {
            _rebalance.TrySetResult(); // whatever it was, joining again says it or heals it
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _rebalance.TrySetCanceled(CancellationToken.None);
        }
    }
}
