using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Makes the groups of one <c>__consumer_offsets</c> partition again from its records, in their order.
///
/// Offsets of transactions (KIP-447) count from their commit marker on, unless a later plain commit overtook them; those of an aborted
/// one never do. Types that belong to other kinds of groups are left alone and counted: they stay in the log untouched. A record that
/// cannot be read is left out and counted too, for one bad record must not take the partition's other groups away.
/// </summary>
public sealed class GroupReplay(GroupSettings settings)
{
    private readonly Dictionary<string, GroupMachine> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<(long Offset, OffsetCommitted Record)>> _pending = [];
    private readonly Dictionary<(string Group, string Topic, int Partition), long> _overtaken = [];
    private readonly SortedDictionary<short, int> _foreign = [];

    public IReadOnlyCollection<GroupMachine> Groups => _groups.Values;

    public long Records { get; private set; }

    /// <summary>Records by the types that are not ours.</summary>
    public IReadOnlyDictionary<short, int> Foreign => _foreign;

    public long Unreadable { get; private set; }

    /// <summary>What was wrong with the first record that could not be read.</summary>
    public string? FirstProblem { get; private set; }

    /// <summary>A record of the log; <paramref name="transactionalProducerId"/> is -1 outside of transactions.</summary>
    public void Read(long offset, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, bool isTombstone, long transactionalProducerId)
    {
        Records++;
        GroupRecord? record;
        try
        {
            record = isTombstone ? GroupRecordCodec.ReadTombstone(key) : GroupRecordCodec.Read(key, value);
        }
        catch (WireFormatException problem)
        {
            Unreadable++;
            FirstProblem ??= $"offset {offset}: {problem.Message}";
            return;
        }

        if (record is null)
        {
            var type = GroupRecordCodec.TypeOf(key.Span);
            _foreign[type] = _foreign.GetValueOrDefault(type) + 1;
        }
        else if (transactionalProducerId >= 0 && record is OffsetCommitted committed)
        {
            if (!_pending.TryGetValue(transactionalProducerId, out var offsets)) _pending[transactionalProducerId] = offsets = [];
            offsets.Add((offset, committed));
        }
        else
        {
            Apply(offset, record);
        }
    }

    /// <summary>The marker that ends a producer's transaction.</summary>
    public void EndTransaction(long producerId, bool isCommit)
    {
        if (_pending.Remove(producerId, out var offsets) && isCommit)
        {
            foreach (var (offset, record) in offsets)
                if (_overtaken.GetValueOrDefault((record.GroupId, record.Topic, record.Partition), -1) < offset) Apply(offset, record);
        }

        if (_pending.Count == 0) _overtaken.Clear();
    }

    private void Apply(long offset, GroupRecord record)
    {
        if (_pending.Count > 0) Overtake(offset, record);
        if (!_groups.TryGetValue(record.GroupId, out var group))
        {
            // The tombstone of a group that is gone already.
            if (record is GroupRemoved or OffsetRemoved) return;
            _groups[record.GroupId] = group = new GroupMachine(record.GroupId, settings);
        }

        group.Apply(record);
        if (group.IsGone) _groups.Remove(record.GroupId);
    }

    private void Overtake(long offset, GroupRecord record)
    {
        switch (record)
        {
            case OffsetCommitted committed: _overtaken[(committed.GroupId, committed.Topic, committed.Partition)] = offset; break;
            case OffsetRemoved removed: _overtaken[(removed.GroupId, removed.Topic, removed.Partition)] = offset; break;
        }
    }
}
