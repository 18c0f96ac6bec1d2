using System.Collections.Immutable;
using ActorBroker.Core.Controller.Wire;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// The bytes of what nodes and the controller say to each other. The manifest names the message and its version; a version that this node
/// does not know is refused, never guessed. Commands and replies are as <see cref="ControllerCommandCodec"/> and
/// <see cref="ControllerReplyCodec"/> have them.
/// </summary>
public sealed class ControllerMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string RequestV1 = "controller-request-1";
    private const string ResponseV1 = "controller-response-1";
    private const string AnnouncedV1 = "controller-announced-1";
    private const string PositionV1 = "metadata-position-1";
    private const string BatchesV1 = "metadata-batches-1";
    private const string ImageV1 = "metadata-image-1";

    /// <summary>The messages to bind to it.</summary>
    public static IReadOnlyList<Type> Messages { get; } =
    [
        typeof(ControllerRequest), typeof(ControllerResponse), typeof(ControllerAnnounced), typeof(MetadataPosition),
        typeof(MetadataBatchesPush), typeof(MetadataSnapshotPush),
    ];

    public override int Identifier => 9203;

    public override string Manifest(object o) => o switch
    {
        ControllerRequest => RequestV1,
        ControllerResponse => ResponseV1,
        ControllerAnnounced => AnnouncedV1,
        MetadataPosition => PositionV1,
        MetadataBatchesPush => BatchesV1,
        MetadataSnapshotPush => ImageV1,
        _ => throw new ArgumentException($"{o.GetType()} is nothing that nodes and the controller say to each other."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter(512);
        switch (obj)
        {
            case ControllerRequest request:
                writer.WriteInt64(request.Correlation);
                writer.WriteInt32(request.LimitMs);
                ControllerCommandCodec.Write(writer, request.Command);
                break;
            case ControllerResponse response:
                WriteResponse(writer, response);
                break;
            case ControllerAnnounced announced:
                writer.WriteInt32(announced.Term);
                break;
            case MetadataPosition position:
                writer.WriteInt32(position.NodeId);
                writer.WriteInt64(position.Incarnation);
                writer.WriteInt64(position.Offset);
                writer.WriteBool(position.IsPeriodic);
                break;
            case MetadataBatchesPush push:
                writer.WriteInt32(push.Term);
                writer.WriteInt64(push.FirstOffset);
                writer.WriteCompactArrayLength(push.Batches.Length);
                foreach (var batch in push.Batches) writer.WriteCompactBytes(batch);
                break;
            case MetadataSnapshotPush push:
                writer.WriteInt32(push.Term);
                writer.WriteInt64(push.Offset);
                writer.WriteCompactBytes(push.Bytes);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is nothing that nodes and the controller say to each other.");
        }

        return writer.WrittenSpan.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object read = manifest switch
        {
            RequestV1 => new ControllerRequest(reader.ReadInt64(), reader.ReadInt32(), ControllerCommandCodec.Read(ref reader)),
            ResponseV1 => ReadResponse(ref reader),
            AnnouncedV1 => new ControllerAnnounced(reader.ReadInt32()),
            PositionV1 => new MetadataPosition(reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBool()),
            BatchesV1 => ReadBatches(ref reader),
            ImageV1 => new MetadataSnapshotPush(reader.ReadInt32(), reader.ReadInt64(), reader.ReadCompactBytes()),
            _ => throw new ArgumentException($"{manifest} is not known to this version."),
        };
        reader.ExpectEnd();
        return read;
    }

    private static void WriteResponse(WireWriter writer, ControllerResponse response)
    {
        writer.WriteInt64(response.Correlation);
        writer.WriteInt32(response.Term);
        writer.WriteInt64(response.Offset);
        writer.WriteError(response.Error.Code);
        writer.WriteCompactNullableString(response.Error.Message);
        writer.WriteBool(response.Reply is not null);
        if (response.Reply is not null) ControllerReplyCodec.Write(writer, response.Reply);
    }

    private static ControllerResponse ReadResponse(ref WireReader reader) => new(
        reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64(), new KafkaError(reader.ReadError(), reader.ReadCompactNullableString()),
        reader.ReadBool() ? ControllerReplyCodec.Read(ref reader) : null);

    private static MetadataBatchesPush ReadBatches(ref WireReader reader)
    {
        var (term, first) = (reader.ReadInt32(), reader.ReadInt64());
        var count = reader.ReadCompactArrayLength(1, "batches");
        var batches = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(Math.Max(0, count));
        for (var i = 0; i < count; i++) batches.Add(reader.ReadCompactBytes());
        return new MetadataBatchesPush(term, first, batches.ToImmutable());
    }
}
