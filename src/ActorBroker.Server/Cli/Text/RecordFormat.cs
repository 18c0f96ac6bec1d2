using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Text;

/// <summary>
/// How <c>consume</c> writes a record, in kcat's notation: %v or %s value, %V or %S its length (-1 for null), %R the same as four bytes
/// big-endian, %k key, %K its length, %t topic, %p partition, %o offset, %T timestamp, %h headers as a=b,c=d, %% a percent sign, and
/// backslash escapes. Bytes go through as they are.
/// </summary>
internal sealed class RecordFormat
{
    public const string Tokens = "%k key, %v value, %h headers, %o offset, %p partition, %t topic, %T timestamp, "
        + "%K %V lengths, %R length as 4 bytes, %% percent, \\n \\r \\t \\xHH";

    private const string Letters = "vsVSRkKtpoTh";
    private readonly List<(char Token, byte[] Literal)> _parts = [];

    private RecordFormat()
    {
    }

    public static RecordFormat Parse(string text)
    {
        var format = new RecordFormat();
        var literal = new List<byte>();
        var utf8 = new byte[4];
        for (var i = 0; i < text.Length;)
        {
            switch (text[i])
            {
                case '\\':
                    literal.Add(Escapes.Read(text, ref i));
                    break;
                case '%' when i + 1 < text.Length && text[i + 1] == '%':
                    literal.Add((byte)'%');
                    i += 2;
                    break;
                case '%':
                    if (i + 1 >= text.Length || !Letters.Contains(text[i + 1]))
                        throw new FormatException($"'{text[i..Math.Min(i + 2, text.Length)]}' is no token; there are {Tokens}");
                    format.AddLiteral(literal);
                    format._parts.Add((text[i + 1], []));
                    i += 2;
                    break;
                default:
                    if (!Rune.TryGetRuneAt(text, i, out var rune)) rune = Rune.ReplacementChar;
                    literal.AddRange(utf8.AsSpan(0, rune.EncodeToUtf8(utf8)));
                    i += rune.Utf16SequenceLength;
                    break;
            }
        }

        format.AddLiteral(literal);
        return format;
    }

    public void Write(IBufferWriter<byte> output, scoped in RecordSlice record)
    {
        foreach (var (token, literal) in _parts)
        {
            switch (token)
            {
                case '\0': output.Write(literal); break;
                case 'v' or 's': output.Write(record.Value.Value); break;
                case 'k': output.Write(record.Key.Value); break;
                case 'V' or 'S': WriteNumber(output, record.Value.LengthOrMinusOne); break;
                case 'K': WriteNumber(output, record.Key.LengthOrMinusOne); break;
                case 'R':
                    BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), record.Value.LengthOrMinusOne);
                    output.Advance(4);
                    break;
                case 't': WriteText(output, record.At.Topic); break;
                case 'p': WriteNumber(output, record.At.Partition); break;
                case 'o': WriteNumber(output, record.Offset); break;
                case 'T': WriteNumber(output, record.TimestampMs); break;
                case 'h': WriteHeaders(output, record.Headers); break;
            }
        }
    }

    private static void WriteHeaders(IBufferWriter<byte> output, RecordHeaders headers)
    {
        var first = true;
        foreach (var header in headers)
        {
            if (!first) output.Write(","u8);
            first = false;
            output.Write(header.Key);
            output.Write("="u8);
            output.Write(header.ValueIsNull ? "NULL"u8 : header.Value);
        }
    }

    private static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        value.TryFormat(output.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void WriteText(IBufferWriter<byte> output, string text) => output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));

    private void AddLiteral(List<byte> literal)
    {
        if (literal.Count > 0) _parts.Add(('\0', literal.ToArray()));
        literal.Clear();
    }
}
