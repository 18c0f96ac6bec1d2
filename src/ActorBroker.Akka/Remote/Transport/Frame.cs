using System.Buffers.Binary;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// Every frame begins with eight bytes: length of what follows (32 bits), kind, a zero, length of the header within
/// (16 bits). The header says who and what, the rest is the payload.
/// </summary>
internal static class Frame
{
    public const int PrefixBytes = 8;
    public const int MaxHeaderBytes = ushort.MaxValue;

    public static void WritePrefix(Span<byte> prefix, FrameKind kind, int headerBytes, int payloadBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(prefix, headerBytes + payloadBytes);
        prefix[4] = (byte)kind;
        prefix[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[6..], (ushort)headerBytes);
    }

    /// <exception cref="WireFormatException">The lengths contradict each other or the limit.</exception>
    public static (FrameKind Kind, int HeaderBytes, int PayloadBytes) ReadPrefix(ReadOnlySpan<byte> prefix, int maxPayloadBytes)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        var header = BinaryPrimitives.ReadUInt16LittleEndian(prefix[6..]);
        if (length < header || length - header > maxPayloadBytes || prefix[5] != 0)
            throw new WireFormatException($"A frame of {length} bytes with a header of {header}; the limit is {maxPayloadBytes}");
        return ((FrameKind)prefix[4], header, (int)length - header);
    }

    /// <summary>A frame that is all header.</summary>
    public static byte[] Of(FrameKind kind, Action<WireWriter> content)
    {
        var writer = new WireWriter();
        writer.Take(PrefixBytes);
        content(writer);
        WritePrefix(writer.At(0, PrefixBytes), kind, writer.Length - PrefixBytes, 0);
        return writer.ToArray();
    }

    public static byte[] Bye(ByeReason reason) => Of(FrameKind.Bye, w => w.Byte((byte)reason));
}
