using ActorBroker.Core.Groups;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Cluster.Disks;

/// <summary>A record of the groups' partition in its bytes; a null value takes the key away.</summary>
internal sealed record SimRecord(byte[] Key, byte[]? Value)
{
    public static SimRecord Of(GroupRecord record)
    {
        using var key = new WireWriter();
        using var value = new WireWriter();
        var hasValue = GroupRecordCodec.Write(record, key, value);
        return new SimRecord(key.WrittenSpan.ToArray(), hasValue ? value.WrittenSpan.ToArray() : null);
    }
}
