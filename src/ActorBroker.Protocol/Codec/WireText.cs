using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ActorBroker.Protocol.Codec;

/// <summary>
/// Text from the wire. Bytes that are no UTF-8 become replacement characters, as in Kafka. The platform's own decoder does that too but
/// makes objects for every bad byte, which would let a frame of them take thirty times its length.
/// </summary>
internal static class WireText
{
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Replaced(bytes);
    }

    private static string Replaced(ReadOnlySpan<byte> bytes)
    {
        Span<char> piece = stackalloc char[256];
        var length = 0;
        for (var rest = bytes; !rest.IsEmpty;)
        {
            Utf8.ToUtf16(rest, piece, out var read, out var written, replaceInvalidSequences: true, isFinalBlock: true);
            rest = rest[read..];
            length += written;
        }
        return string.Create(length, bytes, static (chars, source) =>
        {
            var status = Utf8.ToUtf16(source, chars, out _, out _, replaceInvalidSequences: true, isFinalBlock: true);
            if (status != OperationStatus.Done) throw new InvalidOperationException($"text of {chars.Length} characters: {status}");
        });
    }
}
