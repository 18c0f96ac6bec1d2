using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Serialization;

/// <summary>
/// Bound to <see cref="object"/>: a message without a serializer of its own never leaves the node and is never read, neither by
/// reflection nor as JSON. Its
/// message names the type, because forgetting a binding is a programming error.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 9200;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new NotSupportedException(
        $"{obj.GetType()} has no serializer: give it one, or mark it INoSerializationVerificationNeeded if it never leaves the node.");

    public override object FromBinary(byte[] bytes, Type? type) =>
        throw new NotSupportedException($"A message of {type} came in without a serializer that this node knows.");
}
