using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>
/// The tagged fields that end a Produce (≥ 10) or Fetch (≥ 16) response: the addresses of the leaders that the response names (KIP-951),
/// as advertised for the listener that the request came in on (R38).
/// </summary>
internal static class NodeEndpointsWriter
{
    public static void WriteTaggedEnd(WireWriter writer, List<BrokerImage>? leaders, string listenerName)
    {
        leaders?.RemoveAll(broker => broker.Endpoint(listenerName) is null);
        if (leaders is null || leaders.Count == 0)
        {
            writer.WriteNoTaggedFields();
            return;
        }

        writer.WriteUnsignedVarint(1);
        writer.WriteUnsignedVarint(0);
        var start = writer.Length;
        writer.WriteCompactArrayLength(leaders.Count);
        foreach (var leader in leaders)
        {
            var endpoint = leader.Endpoint(listenerName)!;
            writer.WriteInt32(leader.Id);
            writer.WriteCompactString(endpoint.Host);
            writer.WriteInt32(endpoint.Port);
            writer.WriteCompactNullableString(leader.Rack);
            writer.WriteNoTaggedFields();
        }

        writer.InsertSize(start);
    }
}
