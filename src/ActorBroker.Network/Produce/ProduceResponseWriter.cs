using ActorBroker.Core.Metadata;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Produce;

/// <summary>Writes the response of a settled operation, frame length and header included, in the order of the request.</summary>
internal static class ProduceResponseWriter
{
    public static void Write(WireWriter writer, ProduceOperation operation, Connection connection)
    {
        var version = operation.Version;
        var flexible = version >= 9;
        var start = writer.Reserve(4);
        ResponseHeader.Write(writer, ApiKey.Produce, version, operation.CorrelationId);
        WriteCount(writer, operation.Topics.Count, flexible);
        for (var t = 0; t < operation.Topics.Count; t++)
        {
            var topic = operation.Topics[t];
            if (version >= 13) writer.WriteUuid(topic.Id);
            else WriteName(writer, operation.NameOf(topic), flexible);
            WriteCount(writer, topic.PartitionCount, flexible);
            for (var p = topic.FirstPartition; p < topic.FirstPartition + topic.PartitionCount; p++)
            {
                NameLeader(operation, topic, operation[p], connection);
                WritePartition(writer, operation[p], version);
            }

            if (flexible) writer.WriteNoTaggedFields();
        }

        writer.WriteInt32(operation.ThrottleTimeMs);
        if (flexible) WriteEnd(writer, operation, connection);
        writer.PatchInt32(start, writer.Length - start - 4);
    }

    /// <summary>
    /// Whoever was the leader when the request came and is not any more says who is, so that the client goes there at once instead of asking
    /// for metadata first: of what a move costs a producer that is most.
    /// </summary>
    private static void NameLeader(ProduceOperation operation, in ProduceTopic topic, ProduceAppend append, Connection connection)
    {
        if (operation.Version < 10 || append.LeaderId >= 0) return;
        if (append.Result.Error is not (ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch)) return;
        var known = operation.FindTopic(connection.Services.Metadata.Current, topic);
        if (known is null || (uint)append.PartitionIndex >= (uint)known.Partitions.Length) return;
        var partition = known.Partitions[append.PartitionIndex];
        if (partition.Leader == connection.Services.Settings.NodeId) return;
        append.LeaderId = partition.Leader;
        append.CurrentLeaderEpoch = partition.LeaderEpoch;
    }

    private static void WritePartition(WireWriter writer, ProduceAppend append, short version)
    {
        var flexible = version >= 9;
        ref readonly var result = ref append.Result;
        writer.WriteInt32(append.PartitionIndex);
        writer.WriteInt16((short)result.Error);
        writer.WriteInt64(result.BaseOffset);
        writer.WriteInt64(result.LogAppendTimeMs);
        if (version >= 5) writer.WriteInt64(result.LogStartOffset);
        if (version >= 8)
        {
            WriteFailures(writer, append.RecordFailures, flexible);
            WriteText(writer, result.Message, flexible);
        }

        if (!flexible) return;
        if (version < 10 || append.LeaderId < 0)
        {
            writer.WriteNoTaggedFields();
            return;
        }

        writer.WriteUnsignedVarint(1);
        writer.WriteUnsignedVarint(0);
        writer.WriteUnsignedVarint(9);
        writer.WriteInt32(append.LeaderId);
        writer.WriteInt32(append.CurrentLeaderEpoch);
        writer.WriteNoTaggedFields();
    }

    private static void WriteFailures(WireWriter writer, IReadOnlyList<RecordFailure>? failures, bool flexible)
    {
        WriteCount(writer, failures?.Count ?? 0, flexible);
        if (failures is null) return;
        foreach (var failure in failures)
        {
            writer.WriteInt32(failure.BatchIndex);
            WriteText(writer, failure.Message, flexible);
            if (flexible) writer.WriteNoTaggedFields();
        }
    }

    private static void WriteEnd(WireWriter writer, ProduceOperation operation, Connection connection)
    {
        List<BrokerImage>? leaders = null;
        for (var i = 0; operation.Version >= 10 && i < operation.Count; i++)
        {
            var leader = operation[i].LeaderId;
            if (leader < 0 || leaders?.Exists(known => known.Id == leader) == true) continue;
            if (connection.Services.Metadata.Current.Brokers.TryGetValue(leader, out var broker)) (leaders ??= []).Add(broker);
        }

        NodeEndpointsWriter.WriteTaggedEnd(writer, leaders, connection.Listener.Name);
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

    private static void WriteText(WireWriter writer, string? text, bool flexible)
    {
        if (flexible) writer.WriteCompactNullableString(text);
        else writer.WriteNullableString(text);
    }
}
