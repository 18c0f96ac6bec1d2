using ActorBroker.Actors.Partitions.Replication;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Serialization;

/// <summary>
/// Replication between nodes. An envelope is encoded when it is made (<see cref="ReplicationCodec"/>) and decoded by the actor that gets
/// it, so that nothing is copied here. The manifest is the version of that encoding.
/// </summary>
public sealed class ReplicationSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string EnvelopeV1 = "replication-1";

    public override int Identifier => 9204;

    public override string Manifest(object o) => o is ReplicationEnvelope
        ? EnvelopeV1
        : throw new ArgumentException($"{o.GetType()} is no message of replication.");

    public override byte[] ToBinary(object obj) => obj is ReplicationEnvelope envelope
        ? envelope.Bytes
        : throw new ArgumentException($"{obj.GetType()} is no message of replication.");

    public override object FromBinary(byte[] bytes, string manifest) => manifest == EnvelopeV1
        ? new ReplicationEnvelope(bytes)
        : throw new ArgumentException($"Replication message {manifest} is not known to this version.");
}
