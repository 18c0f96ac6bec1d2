using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>Records byte by byte, whole or broken.</summary>
internal static class RawRecord
{
    public static byte[] NoHeaders => [0];

    public static byte[] Simple(int offsetDelta = 0, long timestampDelta = 0, byte[]? key = null, byte[]? value = null,
        byte[]? headers = null, int lengthLie = 0, byte[]? trailing = null)
    {
        byte[][] parts = [[0], Long(timestampDelta), Int(offsetDelta), Bytes(key), Bytes(value ?? [118]), headers ?? NoHeaders];
        var body = Join([.. parts, trailing ?? []]);
        return Join([Int(body.Length + lengthLie), body]);
    }

    public static byte[] Bytes(byte[]? value) => value is null ? Int(-1) : Join([Int(value.Length), value]);

    public static byte[] Int(int value)
    {
        var bytes = new byte[5];
        var at = 0;
        Varint.Write(bytes, ref at, value);
        return bytes[..at];
    }

    public static byte[] Long(long value)
    {
        var bytes = new byte[10];
        var at = 0;
        Varint.Write(bytes, ref at, value);
        return bytes[..at];
    }

    public static byte[] Join(IEnumerable<byte[]> parts) => [.. parts.SelectMany(part => part)];
}
