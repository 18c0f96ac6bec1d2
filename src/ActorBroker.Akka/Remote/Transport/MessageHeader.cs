using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Who and what: everything of a message but its bytes.</summary>
internal readonly record struct MessageHeader(long Number, RecipientName Recipient, IActorRef? Sender, int SerializerId, string Manifest);
