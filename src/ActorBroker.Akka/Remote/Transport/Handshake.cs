using Akka.Actor;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>First word of the node that connects: who it is, and whom it believes to talk to.</summary>
internal sealed record Hello(Address From, int Uid, Address To, int MaxPayloadBytes, string Cookie)
{
    public const int MaxBytes = 4096;

    private const int Magic = 0x52424B41;
    private const int Version = 1;

    public byte[] ToFrame() => Frame.Of(FrameKind.Hello, w =>
    {
        w.Int32(Magic);
        w.Int32(Version);
        w.Text(From.ToString());
        w.Int32(Uid);
        w.Text(To.ToString());
        w.Int32(MaxPayloadBytes);
        w.Text(Cookie);
    });

    public static Hello Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (reader.Int32() != Magic)
            throw new WireFormatException("It does not speak this protocol");
        var version = reader.Int32();
        if (version != Version)
            throw new WireFormatException($"It speaks version {version}, not {Version}");
        var hello = new Hello(ReadAddress(ref reader), reader.Int32(), ReadAddress(ref reader), reader.Int32(), reader.Text());
        reader.End();
        return hello.MaxPayloadBytes > 0 ? hello : throw new WireFormatException("A frame limit below one");
    }

    private static Address ReadAddress(ref WireReader reader)
    {
        var text = reader.Text();
        return Address.TryParse(text, out var address) && address is { HasGlobalScope: true, Port: not null }
            ? address
            : throw new WireFormatException($"[{text}] is no address");
    }
}

/// <summary>The answer that lets a node in.</summary>
/// <param name="LastDelivered">Number of the last system message from this incarnation that has arrived.</param>
internal sealed record Welcome(int Uid, long LastDelivered, int MaxPayloadBytes)
{
    public byte[] ToFrame() => Frame.Of(FrameKind.Welcome, w =>
    {
        w.Int32(Uid);
        w.Int64(LastDelivered);
        w.Int32(MaxPayloadBytes);
    });

    public static Welcome Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var welcome = new Welcome(reader.Int32(), reader.Int64(), reader.Int32());
        reader.End();
        return welcome;
    }
}

/// <summary>The answer that does not.</summary>
internal sealed record Refusal(ByeReason Reason, string Text)
{
    public byte[] ToFrame() => Frame.Of(FrameKind.Refusal, w =>
    {
        w.Byte((byte)Reason);
        w.Text(Text);
    });

    public static Refusal Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var refusal = new Refusal((ByeReason)reader.Byte(), reader.Text());
        reader.End();
        return refusal;
    }
}
