using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ActorBroker.Protocol;

/// <summary>A 128-bit id in Kafka's form: 16 bytes big-endian on the wire, base64url without padding as text.</summary>
public readonly record struct Uuid(ulong High, ulong Low) : IComparable<Uuid>
{
    public static readonly Uuid Zero = default;

    /// <summary>Kafka's reserved id of the metadata log's topic.</summary>
    public static readonly Uuid Metadata = new(0, 1);

    public static Uuid Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>A random version-4 id that is neither reserved nor starts with '-' as text, as Kafka's generator guarantees.</summary>
    public static Uuid NewRandom()
    {
        Span<byte> bytes = stackalloc byte[16];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            var id = Read(bytes);
            if (id.High != 0 && id.ToString()[0] != '-') return id;
        }
    }

    /// <summary>Parses Kafka's text form (22 characters of base64url, trailing padding allowed).</summary>
    public static bool TryParse(string? text, out Uuid id)
    {
        id = Zero;
        if (text is null || text.Length is < 22 or > 24) return false;
        Span<byte> bytes = stackalloc byte[18];
        var status = Base64Url.DecodeFromChars(text.AsSpan(), bytes, out _, out var written);
        if (status != System.Buffers.OperationStatus.Done || written != 16) return false;
        id = Read(bytes);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    public int CompareTo(Uuid other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}
