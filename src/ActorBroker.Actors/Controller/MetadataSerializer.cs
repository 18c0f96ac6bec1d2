using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Controller;

/// <summary>The bytes of what the controller persists: batches and snapshots, as <see cref="MetadataRecordCodec"/> has them.</summary>
public sealed class MetadataSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string BatchV1 = "metadata-batch-1";
    private const string SnapshotV1 = "metadata-snapshot-1";

    public override int Identifier => 9202;

    public override string Manifest(object o) => o switch
    {
        MetadataBatch => BatchV1,
        MetadataSnapshot => SnapshotV1,
        _ => throw new ArgumentException($"{o.GetType()} is nothing that the controller persists."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter(1024);
        switch (obj)
        {
            case MetadataBatch batch:
                MetadataRecordCodec.WriteBatch(writer, batch);
                break;
            case MetadataSnapshot snapshot:
                MetadataRecordCodec.WriteSnapshot(writer, snapshot.Image);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is nothing that the controller persists.");
        }

        return writer.WrittenSpan.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object read = manifest switch
        {
            BatchV1 => MetadataRecordCodec.ReadBatch(ref reader),
            SnapshotV1 => new MetadataSnapshot(MetadataRecordCodec.ReadSnapshot(ref reader)),
            _ => throw new ArgumentException($"{manifest} is not known to this version."),
        };
        reader.ExpectEnd();
        return read;
    }
}
