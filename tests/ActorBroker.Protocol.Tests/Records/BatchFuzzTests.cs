using System.Buffers.Binary;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>
/// Mutated batches through the validator: it never throws, never takes a broken CRC, allocates little, and what it accepts can be read
/// to the end. Half of the mutants get a right CRC, so that they reach the records.
/// </summary>
public class BatchFuzzTests
{
    private const int MutantsPerSource = 30_000;

    [SkippableTheory]
    [InlineData("none-3")]
    [InlineData("transactional-4")]
    [InlineData("compaction-source-none")]
    [InlineData("logappend-4")]
    [InlineData("marker-commit")]
    [InlineData("gzip-3")]
    [InlineData("snappy-3")]
    [InlineData("lz4-3")]
    [InlineData("zstd-3")]
    public void Mutants_are_refused_or_sound(string name)
    {
        Skip.If(name.StartsWith("zstd", StringComparison.Ordinal) && !RecordCompression.IsAvailable(CompressionCodec.Zstd), "no libzstd");
        var source = KafkaVectors.Load(name);
        BinaryPrimitives.WriteInt64BigEndian(source, 0);
        var random = new Random(source.Length);
        var rules = new BatchRules { NowMs = KafkaVectors.BaseTimestamp, MaxListedErrors = 8 };
        var accepted = 0;
        for (var round = 0; round < MutantsPerSource; round++)
        {
            var mutant = Mutate(source, random);
            var sealedAgain = random.Next(2) == 0 && Seal(mutant);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = BatchValidator.Validate(mutant, rules, out var facts);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 1000) Assert.InRange(allocated, 0, (4 * mutant.Length) + 4096);
            if (error is not null) continue;
            accepted++;
            var view = new RecordBatchView(mutant);
            Assert.Equal(Crc32C.ComputeTable(mutant.AsSpan(21, facts.SizeInBytes - 21)), view.Crc);
            AssertReadable(view, facts);
            Assert.True(sealedAgain || mutant.AsSpan(21).SequenceEqual(source.AsSpan(21)) || mutant.Length != source.Length);
        }
        if (new RecordBatchView(source).Attributes.IsControl) return;
        Assert.True(accepted > 0, "no mutant got through: the fuzzer does not reach the records");
    }

    [Fact]
    public void Random_bytes_and_cuts_never_throw()
    {
        var random = new Random(99);
        var rules = new BatchRules { NowMs = KafkaVectors.BaseTimestamp };
        for (var round = 0; round < 50_000; round++)
        {
            var noise = new byte[random.Next(0, 200)];
            random.NextBytes(noise);
            if (noise.Length > 16 && random.Next(2) == 0)
            {
                noise[16] = 2;
                BinaryPrimitives.WriteInt32BigEndian(noise.AsSpan(8), random.Next(-20, 220));
            }
            Assert.NotNull(BatchValidator.Validate(noise, rules, out _));
        }
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        var mutant = (byte[])source.Clone();
        for (var i = random.Next(0, 4); i >= 0; i--)
        {
            var at = random.Next(3) == 0 ? random.Next(8, 61) : random.Next(61, mutant.Length);
            mutant[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutant[at] ^ (1 << random.Next(8))),
                _ => (byte)(random.Next(2) == 0 ? 0xFF : 0x01),
            };
        }
        return random.Next(10) == 0 ? mutant[..random.Next(mutant.Length)] : mutant;
    }

    /// <summary>Gives the mutant its proper length, magic and CRC.</summary>
    private static bool Seal(byte[] mutant)
    {
        if (mutant.Length < RecordBatchLayout.HeaderSize) return false;
        BinaryPrimitives.WriteInt64BigEndian(mutant, 0);
        BinaryPrimitives.WriteInt32BigEndian(mutant.AsSpan(8), mutant.Length - 12);
        mutant[16] = 2;
        RecordBatchPatch.UpdateCrc(mutant);
        return true;
    }

    private static void AssertReadable(RecordBatchView view, BatchFacts facts)
    {
        using var section = RecordCompression.Decompress(view.Attributes.Codec, view.RecordsSection, new DecompressionLimits());
        var records = new RecordReader(section.Span, view.RecordCount);
        var count = 0;
        while (records.MoveNext())
        {
            foreach (var header in records.Headers) Assert.True(header.Key.Length >= 0 && (!header.ValueIsNull || header.Value.IsEmpty));
            count++;
        }
        Assert.Equal(facts.RecordCount, count);
    }
}
