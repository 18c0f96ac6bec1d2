using ActorBroker.Actors.Partitions;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Serialization;

/// <summary>
/// The bytes of what partition leaders persist. The manifest names the event and its version; a version that this node does not know is
/// refused, never
/// guessed. Big-endian integers in the order of the record's fields.
/// </summary>
public sealed class PartitionEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string GrantedV1 = "granted-1";
    private const string LogStartV1 = "log-start-1";

    public override int Identifier => 9201;

    public override string Manifest(object o) => o switch
    {
        LeadershipGranted => GrantedV1,
        LogStartMoved => LogStartV1,
        _ => throw new ArgumentException($"{o.GetType()} is no event of a partition."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter(32);
        switch (obj)
        {
            case LeadershipGranted granted:
                writer.WriteInt32(granted.LeaderEpoch);
                writer.WriteInt64(granted.Ballot);
                writer.WriteInt32(granted.Node);
                break;
            case LogStartMoved moved:
                writer.WriteInt64(moved.LogStartOffset);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is no event of a partition.");
        }

        return writer.WrittenSpan.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        return manifest switch
        {
            GrantedV1 => new LeadershipGranted(reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32()),
            LogStartV1 => new LogStartMoved(reader.ReadInt64()),
            _ => throw new ArgumentException($"Partition event {manifest} is not known to this version."),
        };
    }
}
