using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>Hears what the other node says on a connection that this one has made: acknowledgements, signs of life, good-bye.</summary>
internal sealed class AckReader(Wire wire, Action<long> acknowledged, Action heard)
{
    private const int MaxBytes = 256;

    /// <returns>The reason that the other side gave, null when it only closed.</returns>
    public async Task<ByeReason?> Run()
    {
        var buffer = new byte[Frame.PrefixBytes + MaxBytes];
        while (true)
        {
            await wire.ReceiveAll(buffer.AsMemory(0, Frame.PrefixBytes)).ConfigureAwait(false);
            var (kind, headerBytes, _) = Frame.ReadPrefix(buffer, 0);
            if (headerBytes > MaxBytes)
                throw new WireFormatException($"An acknowledgement of {headerBytes} bytes");
            await wire.ReceiveAll(buffer.AsMemory(0, headerBytes)).ConfigureAwait(false);
            heard();
            if (Handle(kind, buffer.AsSpan(0, headerBytes)) is { } reason)
                return reason;
        }
    }

    private ByeReason? Handle(FrameKind kind, ReadOnlySpan<byte> content)
    {
        var reader = new WireReader(content);
        switch (kind)
        {
            case FrameKind.Acknowledgement:
                acknowledged(reader.Int64());
                return null;
            case FrameKind.KeepAlive:
                return null;
            case FrameKind.Bye:
                return (ByeReason)reader.Byte();
            default:
                throw new WireFormatException($"A frame of kind {kind}");
        }
    }
}
