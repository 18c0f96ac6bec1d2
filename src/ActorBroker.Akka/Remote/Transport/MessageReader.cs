using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Serialization;
using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// Reads the messages of one connection and gives them to their actors. What cannot be read is dropped with an error: by
/// serializers of the configuration only, and never by a type that the bytes name. Only a header that contradicts itself
/// ends the connection.
/// </summary>
internal sealed class MessageReader(RemoteActorRefProvider provider, InboundConnection connection, InboundSide side)
{
    private readonly SerializationExtension _serialization = provider.System.Serialization;
    private readonly ReadNames<RecipientName> _recipients = new(text => new RecipientName(text, provider));
    private readonly ReadNames<IActorRef> _senders = new(provider.ResolveActorRef);
    private readonly ReadNames<string> _manifests = new(static text => text);

    public void Forget()
    {
        _recipients.Clear();
        _senders.Clear();
        _manifests.Clear();
    }

    /// <exception cref="WireFormatException">The header is not well-formed.</exception>
    public MessageHeader ReadHeader(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var number = kind == FrameKind.SystemMessage ? reader.Int64() : 0;
        var recipient = _recipients.Read(ref reader) ?? throw new WireFormatException("A message to nobody");
        var sender = _senders.Read(ref reader);
        var header = new MessageHeader(number, recipient, sender, reader.Int32(), _manifests.Read(ref reader) ?? "");
        reader.End();
        return header;
    }

    public void Deliver(in MessageHeader header, byte[] payload)
    {
        if (header.Number > 0)
        {
            connection.MustAcknowledge = true;
            if (!side.IsNext(connection, header.Number))
                return;
        }
        if (header.SerializerId == MessageEncoder.NoMessage)
            return;
        object message;
        var outer = SerializationExtension.CurrentTransport;
        SerializationExtension.CurrentTransport = provider.SerializationInformation;
        try
        {
            message = WrappedPayload.FromBinary(_serialization, header.SerializerId, header.Manifest, payload);
            if (header.Number > 0 != message is SystemMessage)
                throw new SerializationException("It claims to be what it is not");
        }
        catch (Exception e)
        {
            provider.System.Log.Error(
                "A message from [{0}] to [{1}] is dropped: serializer [{2}], manifest [{3}], [{4}] bytes: {5}",
                connection.Remote, header.Recipient.Text, header.SerializerId, header.Manifest, payload.Length, e.Message);
            return;
        }
        finally
        {
            SerializationExtension.CurrentTransport = outer;
        }
        Deliver(header.Recipient.Resolve(), message, header.Sender);
    }

    private void Deliver(IActorRef recipient, object message, IActorRef? sender)
    {
        try
        {
            switch (message)
            {
                case SystemMessage systemMessage:
                    ((IInternalActorRef)recipient).SendSystemMessage(systemMessage);
                    break;
                case ActorSelectionMessage selection when recipient is LocalActorRef local:
                    ActorSelectionDelivery.Deliver(local, selection, sender);
                    break;
                default:
                    recipient.Tell(message, sender);
                    break;
            }
        }
        catch (Exception e)
        {
            provider.System.Log.Error(e, "Delivery of [{0}] to [{1}] failed", message.GetType(), recipient);
        }
    }
}
