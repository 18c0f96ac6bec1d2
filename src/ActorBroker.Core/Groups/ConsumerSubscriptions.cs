using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Looks into the metadata of consumers: which topics a group reads decides which offsets may expire or be deleted while it lives (R55,
/// R59). Only the list of topics is read, which stands in front in every version of the consumer protocol.
/// </summary>
internal static class ConsumerSubscriptions
{
    /// <summary>
    /// The topics of all members; null when the group is no consumer group, has no protocol yet, or its metadata cannot be read.
    /// </summary>
    public static ImmutableHashSet<string>? Collect(GroupState state)
    {
        if (!state.IsConsumerGroup) return null;
        var topics = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        if (state.Members.IsEmpty) return topics.ToImmutable();
        if (state.ProtocolName is null) return null;
        foreach (var member in state.Members.Values)
            if (!TryCollect(member.MetadataOf(state.ProtocolName), topics)) return null;
        return topics.ToImmutable();
    }

    private static bool TryCollect(byte[] metadata, ImmutableHashSet<string>.Builder topics)
    {
        try
        {
            var reader = new WireReader(metadata);
            if (reader.ReadInt16() < 0) return false;
            for (var left = reader.ReadArrayLength(2, "topics"); left > 0; left--) topics.Add(reader.ReadString("topic"));
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }
}
