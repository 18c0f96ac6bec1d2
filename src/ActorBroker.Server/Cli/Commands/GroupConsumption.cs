using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>
/// Consumes as a member of a group: joins, reads what it is given from the stored positions on, stores positions every few seconds, at
/// every rebalance and at the end, and leaves. Positions are stored after their records were written, so nothing is lost; after a crash
/// some records come again.
/// </summary>
internal sealed class GroupConsumption(
    KafkaClient client, string group, IReadOnlyList<TopicView> topics, OffsetSpec fallback, FetchSettings fetch, RecordPrinter print)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(5);
    private readonly Dictionary<TopicPartition, long> _uncommitted = [];
    private long _committedAt = Environment.TickCount64;

    /// <summary>End when every partition of this member has been read to where it ended at the last rebalance.</summary>
    public bool ExitAtEnd { get; init; }

    public async Task RunAsync(CancellationToken cancel)
    {
        await using var member = new GroupMember(client, group, [.. topics.Select(t => t.Name)]);
        try
        {
            for (var more = true; more;)
            {
                var assignment = await member.JoinAsync(cancel).ConfigureAwait(false);
                more = await ReadAsync(member, assignment, cancel).ConfigureAwait(false);
                await CommitAsync(member, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await CommitAsync(member, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await member.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>False when there were enough records, true when the group rebalances.</summary>
    private async Task<bool> ReadAsync(GroupMember member, GroupAssignment assignment, CancellationToken cancel)
    {
        _uncommitted.Clear();
        var positions = await PositionsAsync(assignment.Partitions, cancel).ConfigureAwait(false);
        var ends = ExitAtEnd
            ? await client.FindOffsetsAsync(assignment.Partitions, OffsetCalls.Latest, cancel).ConfigureAwait(false)
            : [];
        var open = ends.Where(e => positions[e.Key] < e.Value.Offset).Select(e => e.Key).ToHashSet();
        if (ExitAtEnd && open.Count == 0) return false;
        await using var fetcher = new RecordFetcher(client, fetch, positions, cancel);
        while (true)
        {
            var ready = fetcher.Fetched.WaitToReadAsync(cancel).AsTask();
            if (positions.Count == 0) await member.RebalanceNeeded.WaitAsync(cancel).ConfigureAwait(false);
            else await Task.WhenAny(ready, member.RebalanceNeeded).ConfigureAwait(false);
            if (member.RebalanceNeeded.IsCompleted) return true;
            await ready.ConfigureAwait(false);
            while (fetcher.Fetched.TryRead(out var fetched))
            {
                var more = print.Write(fetched, fetch.ReadCommitted, long.MaxValue);
                _uncommitted[fetched.At] = more ? fetched.Next : print.Next;
                if (!more) return false;
                if (ExitAtEnd && fetched.Next >= ends[fetched.At].Offset && open.Remove(fetched.At) && open.Count == 0) return false;
            }

            if (Environment.TickCount64 - _committedAt >= CommitInterval.TotalMilliseconds) await CommitAsync(member, cancel).ConfigureAwait(false);
        }
    }

    private async Task<Dictionary<TopicPartition, long>> PositionsAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancel)
    {
        var stored = await client.CommittedAsync(group, cancel).ConfigureAwait(false);
        var positions = partitions.Where(stored.ContainsKey).ToDictionary(at => at, at => stored[at].Offset);
        var fresh = partitions.Where(at => !stored.ContainsKey(at)).ToArray();
        if (fresh.Length == 0) return positions;
        foreach (var (at, offset) in await fallback.ResolveAsync(client, fresh, cancel).ConfigureAwait(false)) positions[at] = offset;
        return positions;
    }

    private async Task CommitAsync(GroupMember member, CancellationToken cancel)
    {
        _committedAt = Environment.TickCount64;
        if (await member.CommitAsync(_uncommitted, cancel).ConfigureAwait(false)) _uncommitted.Clear();
    }
}
