using System.Buffers.Binary;
using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Tests.Compression;

public class CodecTests
{
    public static TheoryData<CompressionCodec> Codecs =>
        [CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public void Every_kind_and_size_of_data_survives_a_round_trip(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        int[] sizes = [0, 1, 2, 3, 4, 5, 7, 11, 12, 13, 15, 16, 17, 31, 59, 60, 61, 64, 65, 255, 256, 257, 300, 4095, 32_767, 32_768,
            32_769, 65_535, 65_536, 65_537, 131_073, 1_048_577];
        foreach (var size in sizes)
        {
            foreach (var data in Kinds(size)) AssertRoundTrip(codec, CompressionLevels.Default(codec), data);
        }
    }

    [SkippableTheory]
    [InlineData(CompressionCodec.Gzip, new[] { -1, 1, 9 })]
    [InlineData(CompressionCodec.Lz4, new[] { 1, 8, 9, 10, 17 })]
    [InlineData(CompressionCodec.Zstd, new[] { -131072, -1, 1, 3, 19, 22 })]
    public void Every_level_is_readable(CompressionCodec codec, int[] levels)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        foreach (var level in levels)
        {
            Assert.True(CompressionLevels.IsValid(codec, level));
            foreach (var data in Kinds(200_000)) AssertRoundTrip(codec, level, data);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public void Compressible_data_becomes_smaller(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        using var packed = new PooledBytes();

        RecordCompression.Compress(codec, CompressionLevels.Default(codec), Text(100_000, 1), packed);

        Assert.InRange(packed.Length, 1, 60_000);
    }

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public void A_section_cut_anywhere_never_passes_as_whole(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        var packed = Pack(codec, CompressionLevels.Default(codec), Text(3000, 2));
        for (var length = 0; length < packed.Length; length++)
        {
            using var unpacked = new PooledBytes();
            var status = RecordCompression.TryDecompress(codec, packed.AsSpan(0, length), new DecompressionLimits(), unpacked);
            var whole = status == DecodeStatus.End && unpacked.Length >= 3000;
            Assert.False(whole, $"{codec} cut at {length} of {packed.Length}: {status} with {unpacked.Length} bytes");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public void Mutated_sections_end_in_a_status_never_in_an_exception(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        var random = new Random(7);
        var sources = Kinds(2000).Select(data => Pack(codec, CompressionLevels.Default(codec), data)).ToArray();
        var limits = new DecompressionLimits { MaxBytes = 1 << 20 };
        using var unpacked = new PooledBytes();
        var statuses = new HashSet<DecodeStatus>();
        for (var round = 0; round < 20_000; round++)
        {
            var mutated = (byte[])sources[round % sources.Length].Clone();
            for (var i = random.Next(1, 4); i > 0; i--) mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            unpacked.Clear();
            statuses.Add(RecordCompression.TryDecompress(codec, mutated.AsSpan(0, mutated.Length - random.Next(0, 3)), limits, unpacked));
            Assert.InRange(unpacked.Length, 0, (1 << 20) + (1 << 18));
        }
        Assert.Contains(DecodeStatus.Corrupt, statuses);
        Assert.DoesNotContain(DecodeStatus.More, statuses);
    }

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public void Blowing_up_beyond_the_ratio_is_refused_but_honest_zeros_are_not(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        var packed = Pack(codec, CompressionLevels.Default(codec), new byte[8 << 20]);
        var strict = new DecompressionLimits { RatioFreeBytes = 1 << 20, MaxRatio = 2 };
        using var unpacked = new PooledBytes();

        Assert.Equal(DecodeStatus.TooLarge, RecordCompression.TryDecompress(codec, packed, strict, unpacked));
        Assert.InRange(unpacked.Length, 0, 3 << 20);
        unpacked.Clear();
        Assert.Equal(DecodeStatus.End, RecordCompression.TryDecompress(codec, packed, new DecompressionLimits(), unpacked));
        Assert.Equal(8 << 20, unpacked.Length);
    }

    [Fact]
    public void No_codec_copies()
    {
        AssertRoundTrip(CompressionCodec.None, 0, Text(1000, 1));
        AssertRoundTrip(CompressionCodec.None, 0, []);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, 2, true)]
    [InlineData(CompressionCodec.Gzip, 8, true)]
    [InlineData(CompressionCodec.Snappy, 2, true)]
    [InlineData(CompressionCodec.Snappy, 8, false)]
    [InlineData(CompressionCodec.Lz4, 2, true)]
    [InlineData(CompressionCodec.Lz4, 8, true)]
    public void Bytes_after_the_end_are_ignored_where_kafka_ignores_them(CompressionCodec codec, int more, bool accepted)
    {
        byte[] packed = [.. Pack(codec, CompressionLevels.Default(codec), Text(1000, 1)), .. Text(more, 2)];
        using var unpacked = new PooledBytes();

        var status = RecordCompression.TryDecompress(codec, packed, new DecompressionLimits(), unpacked);

        Assert.Equal(accepted ? DecodeStatus.End : DecodeStatus.Corrupt, status);
    }

    [Fact]
    public void Snappy_without_frame_is_read()
    {
        foreach (var size in new[] { 1, 100, 70_000, 300_000 })
        {
            var data = Text(size, size);
            using var packed = new PooledBytes();
            SnappyRaw(data, packed);
            using var unpacked = RecordCompression.Decompress(CompressionCodec.Snappy, packed.Span, new DecompressionLimits());
            Assert.Equal(data, unpacked.ToArray());
        }
    }

    [Fact]
    public void A_snappy_block_that_claims_more_than_it_can_hold_costs_nothing()
    {
        byte[] lie = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 65];
        using var unpacked = new PooledBytes(64);
        RecordCompression.TryDecompress(CompressionCodec.Snappy, lie, new DecompressionLimits(), unpacked);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var status = RecordCompression.TryDecompress(CompressionCodec.Snappy, lie, new DecompressionLimits(), unpacked);

        Assert.Equal(DecodeStatus.Corrupt, status);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    [Theory]
    [InlineData(0x40, 0x40)] // linked blocks
    [InlineData(0x61, 0x40)] // dictionary
    [InlineData(0x20, 0x40)] // version 0
    [InlineData(0x60, 0x30)] // block size code 3
    public void Lz4_frames_that_kafka_s_clients_cannot_read_are_refused(int flags, int descriptor)
    {
        var packed = Pack(CompressionCodec.Lz4, 9, Text(100, 3));
        packed[4] = (byte)flags;
        packed[5] = (byte)descriptor;
        for (var checksum = 0; checksum < 256; checksum++)
        {
            packed[6] = (byte)checksum;
            using var unpacked = new PooledBytes();
            Assert.Equal(
                DecodeStatus.Corrupt, RecordCompression.TryDecompress(CompressionCodec.Lz4, packed, new DecompressionLimits(), unpacked));
        }
    }

    [Fact]
    public void Lz4_frames_with_content_size_and_checksums_are_read()
    {
        // Content size 11, one stored block with its checksum, end mark, content checksum.
        byte[] frame = [0x04, 0x22, 0x4D, 0x18, .. Lz4Head(0x7C, 0x40, 11), 0x0B, 0, 0, 0x80, .. "hello hello"u8,
            .. LittleEndian(XxHash("hello hello"u8)), 0, 0, 0, 0, .. LittleEndian(XxHash("hello hello"u8))];

        using var unpacked = RecordCompression.Decompress(CompressionCodec.Lz4, frame, new DecompressionLimits());

        Assert.Equal("hello hello"u8.ToArray(), unpacked.ToArray());
        frame[^9] ^= 1;
        Assert.Throws<WireFormatException>(() => RecordCompression.Decompress(CompressionCodec.Lz4, frame, new DecompressionLimits()));
    }

    [Fact]
    public void Concurrent_use_shares_pools_without_mixing_sections()
    {
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, seed =>
        {
            var data = Text(10_000 + (seed * 531), seed);
            foreach (var codec in new[] { CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd })
            {
                if (RecordCompression.IsAvailable(codec)) AssertRoundTrip(codec, CompressionLevels.Default(codec), data);
            }
        });
    }

    [Fact]
    public void An_unassigned_codec_is_a_typed_error()
    {
        var codec = (CompressionCodec)5;
        Assert.False(RecordCompression.IsAvailable(codec));
        var error = Assert.Throws<UnsupportedCodecException>(() => RecordCompression.Decompress(codec, [1, 2], new DecompressionLimits()));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, error.ErrorCode);
        Assert.Throws<UnsupportedCodecException>(() => Pack(codec, 0, [1, 2]));
    }

    private static void AssertRoundTrip(CompressionCodec codec, int level, byte[] data)
    {
        var packed = Pack(codec, level, data);
        using var unpacked = RecordCompression.Decompress(codec, packed, new DecompressionLimits());
        Assert.True(unpacked.Span.SequenceEqual(data), $"{codec} level {level}: {data.Length} bytes came back different");
    }

    private static byte[] Pack(CompressionCodec codec, int level, byte[] data)
    {
        using var packed = new PooledBytes();
        RecordCompression.Compress(codec, level, data, packed);
        return packed.ToArray();
    }

    private static IEnumerable<byte[]> Kinds(int size)
    {
        yield return new byte[size];
        var noise = new byte[size];
        new Random(size).NextBytes(noise);
        yield return noise;
        yield return Text(size, size);
        foreach (var period in new[] { 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 1000 })
            yield return [.. Enumerable.Range(0, size).Select(i => noise[i % period])];
    }

    private static byte[] Text(int size, int seed)
    {
        var random = new Random(seed);
        string[] words = ["alpha", "beta", "order", "shipped", "{\"id\":", "},", "0001", " "];
        var text = new System.Text.StringBuilder();
        while (text.Length < size) text.Append(words[random.Next(words.Length)]).Append((char)random.Next(32, 127));
        return System.Text.Encoding.ASCII.GetBytes(text.ToString(0, size));
    }

    /// <summary>A raw block of literals and copies, written without the encoder under test: 60 literals, then copies of 10 bytes.</summary>
    private static void SnappyRaw(byte[] data, PooledBytes packed)
    {
        var length = (uint)data.Length;
        for (; length >= 0x80; length >>= 7) packed.Write([(byte)(length | 0x80)]);
        packed.Write([(byte)length]);
        for (var at = 0; at < data.Length; at += 60)
        {
            var part = data.AsSpan(at, Math.Min(60, data.Length - at));
            packed.Write([(byte)((part.Length - 1) << 2)]);
            packed.Write(part);
        }
    }

    private static byte[] Lz4Head(byte flags, byte descriptor, int size)
    {
        byte[] head = [flags, descriptor, .. LittleEndian((uint)size), 0, 0, 0, 0];
        return [.. head, (byte)(XxHash(head) >> 8)];
    }

    private static byte[] LittleEndian(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    /// <summary>The short form of xxHash32 for less than 16 bytes, after its specification.</summary>
    private static uint XxHash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var hash = 374761393u + (uint)data.Length;
            for (; data.Length >= 4; data = data[4..])
                hash = uint.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(data) * 3266489917u), 17) * 668265263u;
            foreach (var value in data) hash = uint.RotateLeft(hash + (value * 374761393u), 11) * 2654435761u;
            hash = (hash ^ (hash >> 15)) * 2246822519u;
            hash = (hash ^ (hash >> 13)) * 3266489917u;
            return hash ^ (hash >> 16);
        }
    }
}
