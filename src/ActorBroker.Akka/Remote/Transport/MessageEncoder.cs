using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Serialization;
using Akka.Serialization;
using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// Turns messages into frames of one connection. A message that cannot be written (no serializer, too large) is dropped
/// with an error that names it; the batch goes on.
/// </summary>
internal sealed class MessageEncoder(RemoteActorRefProvider provider, FrameBatch batch, int maxPayloadBytes)
{
    /// <summary>In place of a serializer: there was a message, which could not be written.</summary>
    public const int NoMessage = int.MinValue;

    private readonly SerializationExtension _serialization = provider.System.Serialization;
    private readonly NameTable<IActorRef> _recipients = new(ReferenceComparer.Instance);
    private readonly NameTable<IActorRef> _senders = new(ReferenceComparer.Instance);
    private readonly NameTable<string> _manifests = new(StringComparer.Ordinal);

    public void Encode(OutboundMessage message)
    {
        var start = batch.Small.Length;
        try
        {
            var serializer = _serialization.FindSerializerFor(message.Message);
            var manifest = SerializationExtension.ManifestFor(serializer, message.Message);
            var payload = serializer.ToBinary(message.Message);
            if (payload.Length > maxPayloadBytes)
                throw new SerializationException($"it takes {payload.Length} bytes, the limit is {maxPayloadBytes}");
            if (_recipients.IsFull || _senders.IsFull || _manifests.IsFull)
                Forget();
            start = batch.Small.Length;
            WriteHeader(message, serializer.Identifier, manifest, payload.Length);
            batch.Payload(payload);
        }
        catch (Exception e)
        {
            if (batch.Small.Length > start)
            {
                // Names of the half-written header may be in our tables, but never reach the other side.
                batch.Small.Reset(start);
                Forget();
            }
            Drop(message, e);
            // Its number must arrive nevertheless: the next one waits for it.
            if (message.Number > 0)
                WriteHeader(message, NoMessage, "", 0);
        }
    }

    private void WriteHeader(OutboundMessage message, int serializerId, string manifest, int payloadBytes)
    {
        var writer = batch.Small;
        var start = writer.Length;
        writer.Take(Frame.PrefixBytes);
        if (message.Number > 0)
            writer.Int64(message.Number);
        WriteRecipient(writer, message.Recipient);
        WriteSender(writer, message.Sender);
        writer.Int32(serializerId);
        if (manifest.Length == 0)
            NameTable<string>.WriteNone(writer);
        else if (!_manifests.TryWriteKnown(writer, manifest))
            _manifests.WriteNew(writer, manifest, manifest);
        var headerBytes = writer.Length - start - Frame.PrefixBytes;
        if (headerBytes > Frame.MaxHeaderBytes)
            throw new SerializationException($"Paths and manifest take {headerBytes} bytes");
        var kind = message.Number > 0 ? FrameKind.SystemMessage : FrameKind.Message;
        Frame.WritePrefix(writer.At(start, Frame.PrefixBytes), kind, headerBytes, payloadBytes);
    }

    private void WriteRecipient(WireWriter writer, RemoteActorRef recipient)
    {
        if (_recipients.TryWriteKnown(writer, recipient))
            return;
        var name = recipient.NameOnItsNode;
        if (name.StartsWith("/temp/", StringComparison.Ordinal))
            NameTable<IActorRef>.WriteInline(writer, name);
        else
            _recipients.WriteNew(writer, recipient, name);
    }

    private void WriteSender(WireWriter writer, IActorRef? sender)
    {
        if (sender is null or Nobody)
            NameTable<IActorRef>.WriteNone(writer);
        else if (sender is MinimalActorRef)
            NameTable<IActorRef>.WriteInline(writer, SerializationExtension.SerializedActorPath(sender));
        else if (!_senders.TryWriteKnown(writer, sender))
            _senders.WriteNew(writer, sender, SerializationExtension.SerializedActorPath(sender));
    }

    private void Forget()
    {
        _recipients.Clear();
        _senders.Clear();
        _manifests.Clear();
        Frame.WritePrefix(batch.Small.Take(Frame.PrefixBytes), FrameKind.Forget, 0, 0);
    }

    private void Drop(OutboundMessage message, Exception cause)
    {
        var failure = cause is SerializationException ? null : cause;
        provider.System.Log.Error(
            failure, "Message of type [{0}] to [{1}] is dropped: {2}", message.Message.GetType(), message.Recipient, cause.Message);
        provider.System.EventStream.Publish(
            new Dropped(message.Message, cause.Message, message.Sender ?? ActorRefs.NoSender, message.Recipient));
    }

    private sealed class ReferenceComparer : IEqualityComparer<IActorRef>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(IActorRef? x, IActorRef? y) => ReferenceEquals(x, y);

        public int GetHashCode(IActorRef obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
