using System.Text;

namespace ActorBroker.Network.Connections;

/// <summary>
/// The last client id of a connection as bytes and as text. Clients repeat it in every request, so it is decoded once; many connections of
/// one client share it.
/// </summary>
internal sealed class ClientIdentity
{
    private static ClientIdentity? s_last;

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
        if (known is not null && bytes.Span.SequenceEqual(known._bytes)) return known._text;
        var last = Volatile.Read(ref s_last);
        if (last is null || !bytes.Span.SequenceEqual(last._bytes)) Volatile.Write(ref s_last, last = new ClientIdentity(bytes.Span));
        known = last;
        return known._text;
    }
}
