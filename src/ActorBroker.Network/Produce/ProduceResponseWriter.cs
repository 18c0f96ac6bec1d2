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
            for (var p = 0; p < topic.PartitionCount; p++) WritePartition(writer, operation[topic.FirstPartition + p], version);
            if (flexible) writer.WriteNoTaggedFields();
        }

        writer.WriteInt32(operation.ThrottleTimeMs);
        if (flexible) WriteEnd(writer, operation, connection);
        writer.PatchInt32(start, writer.Length - start - 4);
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
