using System.Buffers.Binary;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// LZ4's frame: magic, descriptor (FLG, BD, optional content size, one byte of header checksum), blocks with a little-endian length
/// whose top bit means "stored", an end mark of zero, an optional content checksum. Kafka's clients read and write version 1 with
/// independent blocks only and no dictionary; other frames are refused here too, since consumers could not read them.
/// </summary>
internal static class Lz4Frame
{
    public const uint Magic = 0x184D2204;
    public const uint StoredBit = 0x80000000;
    public const int ContentChecksumFlag = 0x04, ContentSizeFlag = 0x08, BlockChecksumFlag = 0x10, IndependentFlag = 0x20;

    private const int Version1 = 0x40, VersionMask = 0xC0, ReservedFlags = 0x03;
    private const int BlockSize = 64 * 1024, BlockSizeCode = 4;

    /// <summary>Reads the frame's head; false when it is not one that Kafka knows.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out int headerSize, out int flags, out int maxBlockSize)
    {
        headerSize = flags = maxBlockSize = 0;
        if (source.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic) return false;
        flags = source[4];
        if ((flags & (VersionMask | ReservedFlags | IndependentFlag)) != (Version1 | IndependentFlag)) return false;
        int descriptor = source[5], code = descriptor >> 4;
        if ((descriptor & 0x8F) != 0 || code < 4) return false;
        maxBlockSize = 1 << (8 + (2 * code));
        headerSize = (flags & ContentSizeFlag) != 0 ? 15 : 7;
        return source.Length >= headerSize && source[headerSize - 1] == HeaderChecksum(source[4..(headerSize - 1)]);
    }

    public static void Encode(int level, ReadOnlySpan<byte> source, PooledBytes destination)
    {
        var header = destination.GetSpan(7);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = Version1 | IndependentFlag;
        header[5] = BlockSizeCode << 4;
        header[6] = HeaderChecksum(header[4..6]);
        destination.Advance(7);
        while (source.Length > 0)
        {
            var part = source[..Math.Min(BlockSize, source.Length)];
            source = source[part.Length..];
            var block = destination.GetSpan(4 + Lz4Block.MaxCompressedLength(part.Length));
            var length = Lz4Library.Encode(level, part, block[4..]);
            if (length >= part.Length)
            {
                part.CopyTo(block[4..]);
                BinaryPrimitives.WriteUInt32LittleEndian(block, (uint)part.Length | StoredBit);
                length = part.Length;
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(block, (uint)length);
            }
            destination.Advance(4 + length);
        }
        var end = destination.GetSpan(4);
        end[..4].Clear();
        destination.Advance(4);
    }

    private static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.Compute(descriptor) >> 8);
}
