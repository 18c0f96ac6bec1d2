using ActorBroker.Core.Metadata;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// Writes everything of a fetch response but the records: into one writer, with a mark for each place where slices go in between. All sizes
/// are known from the plan, so the frame's length stands at its head before a byte of records was touched.
/// In an incremental session only partitions with news are listed, and what the client is told becomes what it knows (R43).
/// </summary>
internal sealed class FetchResponseWriter
{
    private readonly List<FetchMark> _marks = [];

    /// <summary>The places where records belong, in order.</summary>
    public List<FetchMark> Marks => _marks;

    public void Write(WireWriter writer, FetchExecution fetch, ErrorCode error, int sessionId, bool isIncremental)
    {
        _marks.Clear();
        var version = fetch.Request.Version;
        var flexible = version >= 12;
        writer.Reserve(4);
        ResponseHeader.Write(writer, ApiKey.Fetch, version, fetch.CorrelationId);
        writer.WriteInt32(fetch.ThrottleTimeMs);
        if (version >= 7)
        {
            writer.WriteInt16((short)error);
            writer.WriteInt32(sessionId);
        }

        List<BrokerImage>? leaders = null;
        var records = WriteTopics(writer, fetch, isIncremental, ref leaders);
        if (version >= 16) NodeEndpointsWriter.WriteTaggedEnd(writer, leaders, fetch.ListenerName);
        else if (flexible) writer.WriteNoTaggedFields();
        writer.PatchInt32(0, checked((int)(writer.Length - 4 + records)));
    }

    private long WriteTopics(WireWriter writer, FetchExecution fetch, bool isIncremental, ref List<BrokerImage>? leaders)
    {
        var items = fetch.Plan.Items;
        var flexible = fetch.Request.Version >= 12;
        long records = 0;
        WriteCount(writer, CountTopics(items, isIncremental), flexible);
        for (var i = 0; i < items.Length;)
        {
            var topic = items[i].Slot.Topic;
            var end = i;
            var partitions = 0;
            for (; end < items.Length && ReferenceEquals(items[end].Slot.Topic, topic); end++)
                if (!isIncremental || HasNews(items[end])) partitions++;
            if (partitions > 0)
            {
                if (fetch.Request.UsesTopicIds) writer.WriteUuid(topic.Id);
                else WriteName(writer, topic.Name, flexible);
                WriteCount(writer, partitions, flexible);
                for (; i < end; i++)
                {
                    if (isIncremental && !HasNews(items[i])) continue;
                    WritePartition(writer, fetch, items[i], ref leaders);
                    records += items[i].Bytes;
                    Remember(items[i]);
                }

                if (flexible) writer.WriteNoTaggedFields();
            }

            i = end;
        }

        return records;
    }

    private void WritePartition(WireWriter writer, FetchExecution fetch, in FetchItem item, ref List<BrokerImage>? leaders)
    {
        var version = fetch.Request.Version;
        var flexible = version >= 12;
        writer.WriteInt32(item.Slot.Partition);
        writer.WriteInt16((short)(version <= 5 && item.Error == ErrorCode.KafkaStorageError ? ErrorCode.NotLeaderOrFollower : item.Error));
        writer.WriteInt64(item.HighWatermark);
        writer.WriteInt64(item.LastStableOffset);
        if (version >= 5) writer.WriteInt64(item.LogStartOffset);
        WriteAborted(writer, fetch.Plan, item, flexible);
        if (version >= 11) writer.WriteInt32(item.PreferredReplica);
        if (flexible) writer.WriteUnsignedVarint((uint)item.Bytes + 1);
        else writer.WriteInt32(item.Bytes);
        if (item.SliceCount > 0) _marks.Add(new FetchMark(writer.Length, item.FirstSlice, item.SliceCount));
        if (flexible) WriteTagged(writer, fetch, item, ref leaders);
    }

    private static void WriteAborted(WireWriter writer, FetchPlan plan, in FetchItem item, bool flexible)
    {
        WriteCount(writer, item.AbortedCount, flexible);
        for (var i = 0; i < item.AbortedCount; i++)
        {
            var aborted = plan.Aborted[item.FirstAborted + i];
            writer.WriteInt64(aborted.ProducerId);
            writer.WriteInt64(aborted.FirstOffset);
            if (flexible) writer.WriteNoTaggedFields();
        }
    }

    private static void WriteTagged(WireWriter writer, FetchExecution fetch, in FetchItem item, ref List<BrokerImage>? leaders)
    {
        var hasLeader = fetch.Request.Version >= 16 && item.LeaderId >= 0;
        writer.WriteUnsignedVarint((item.IsDiverging ? 1u : 0) + (hasLeader ? 1u : 0));
        if (item.IsDiverging)
        {
            writer.WriteUnsignedVarint(0);
            writer.WriteUnsignedVarint(13);
            writer.WriteInt32(item.DivergingEpoch);
            writer.WriteInt64(item.DivergingEndOffset);
            writer.WriteNoTaggedFields();
        }

        if (!hasLeader) return;
        writer.WriteUnsignedVarint(1);
        writer.WriteUnsignedVarint(9);
        writer.WriteInt32(item.LeaderId);
        writer.WriteInt32(item.LeaderEpoch);
        writer.WriteNoTaggedFields();
        var leader = item.LeaderId;
        if (leaders?.Exists(known => known.Id == leader) == true) return;
        if (fetch.Metadata.Brokers.TryGetValue(leader, out var broker)) (leaders ??= []).Add(broker);
    }

    private static int CountTopics(ReadOnlySpan<FetchItem> items, bool isIncremental)
    {
        var count = 0;
        for (var i = 0; i < items.Length;)
        {
            var topic = items[i].Slot.Topic;
            var isListed = false;
            for (; i < items.Length && ReferenceEquals(items[i].Slot.Topic, topic); i++) isListed |= !isIncremental || HasNews(items[i]);
            if (isListed) count++;
        }

        return count;
    }

    /// <summary>Whether an incremental response has to list the partition.</summary>
    private static bool HasNews(in FetchItem item) =>
        item.Bytes > 0 || item.Error != ErrorCode.None || item.IsDiverging || item.PreferredReplica >= 0
        || item.HighWatermark != item.Slot.KnownHighWatermark || item.LogStartOffset != item.Slot.KnownLogStart;

    private static void Remember(in FetchItem item)
    {
        // After an error the partition is to be listed again as soon as it is well.
        item.Slot.KnownHighWatermark = item.Error == ErrorCode.None ? item.HighWatermark : -1;
        item.Slot.KnownLogStart = item.LogStartOffset;
    }

    private static void WriteName(WireWriter writer, ReadOnlySpan<byte> name, bool flexible)
    {
        if (flexible) writer.WriteUnsignedVarint((uint)name.Length + 1);
        else writer.WriteInt16((short)name.Length);
        writer.WriteRaw(name);
    }

    private static void WriteCount(WireWriter writer, int count, bool flexible)
    {
        if (flexible) writer.WriteCompactArrayLength(count);
        else writer.WriteArrayLength(count);
    }
}
