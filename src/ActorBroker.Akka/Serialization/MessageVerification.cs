using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// <c>akka.actor.serialize-messages</c>: in tests every message goes through its serializer, so that one which could not
/// cross to another node fails at home. The engine's own messages pass as they are.
/// </summary>
internal static class MessageVerification
{
    public static object RoundTrip(ActorSystemImpl system, object message)
    {
        if (message is INoSerializationVerificationNeeded)
            return message;
        var payload = WrappedMessage.Unwrap(message);
        if (!ReferenceEquals(payload, message) || payload is INoSerializationVerificationNeeded || payload is IActorRef
            || payload.GetType().Assembly == typeof(MessageVerification).Assembly)
        {
            return message;
        }
        try
        {
            var serializer = system.Serialization.FindSerializerFor(payload);
            return Serialization.WithTransport(system, () =>
            {
                var bytes = serializer.ToBinary(payload);
                return system.Serialization.Deserialize(bytes, serializer.Identifier, Serialization.ManifestFor(serializer, payload));
            });
        }
        catch (Exception e)
        {
            throw new SerializationException($"Failed to serialize and deserialize payload object [{payload.GetType()}]", e);
        }
    }
}
