using System.Text;

namespace ActorBroker.Network.Connections;

/// <summary>The last client id of a connection as bytes and as text. Clients repeat it in every request, so it is decoded once.</summary>
internal sealed class ClientIdentity
{
    private readonly byte[] _bytes;
    private readonly string _text;

    private ClientIdentity(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        _text = Encoding.UTF8.GetString(bytes);
    }

    public static string? Text(ref ClientIdentity? known, ReadOnlyMemory<byte>? clientId)
    {
        if (clientId is not { } bytes) return null;
        if (known is null || !bytes.Span.SequenceEqual(known._bytes)) known = new ClientIdentity(bytes.Span);
        return known._text;
    }
}
