using ActorBroker.Protocol.Tests.Golden;
using Xunit.Abstractions;

namespace ActorBroker.Protocol.Tests.Fuzzing;

/// <summary>
/// A million damaged frames through every decoder: nothing but <see cref="WireFormatException"/> comes out, no frame takes more than
/// 4 × its length + 4 KiB of memory, and what was accepted can be looked at and written. A frame above the bound is measured once more,
/// since the runtime makes some things at their first use, which are no frame's. FUZZ_SEED and FUZZ_FRAMES change the run.
/// </summary>
public class DecoderFuzzTests(ITestOutputHelper output)
{
    private const int Shares = 4;

    private static readonly IReadOnlyList<GoldenLine> Lines = GoldenLine.Load();
    private static readonly int Seed = Setting("FUZZ_SEED", 20_261);
    private static readonly int Frames = Setting("FUZZ_FRAMES", 1_000_000);

    static DecoderFuzzTests()
    {
        // What is made once (tables, resources) belongs to no frame.
        foreach (var line in Lines)
        {
            Decode(line.Entry.Create(), line.Bytes, line.Version);
            var reader = WireReader.WithoutCredit(line.Bytes);
            var message = line.Entry.Create();
            message.Read(ref reader, line.Version);
            using var writer = new WireWriter();
            message.Write(writer, line.Version);
            Decode(line.Entry.Create(), line.Bytes.AsMemory(0, line.Bytes.Length / 2), line.Version);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedMessagesAreDecodedOrRefusedWithinTheirMemory(int share)
    {
        var mutator = new FrameMutator(Seed + share);
        var (accepted, worst) = (0, 0.0);
        for (var i = 0; i < Frames / Shares; i++)
        {
            var line = Lines[mutator.Next(Lines.Count)];
            var frame = mutator.Mutate(line.Bytes, Lines[mutator.Next(Lines.Count)].Bytes);
            var version = mutator.Next(8) == 0
                ? (short)(line.Entry.MinVersion + mutator.Next(line.Entry.MaxVersion - line.Entry.MinVersion + 2))
                : line.Version;
            var message = line.Entry.Create();
            var (decoded, allocated) = Measure(message, frame, version, line);
            if (allocated > 4L * frame.Length + 4096) (_, allocated) = Measure(line.Entry.Create(), frame, version, line);
            Assert.True(allocated <= 4L * frame.Length + 4096, $"{Describe(line, version, frame)}: {allocated} bytes");
            worst = Math.Max(worst, allocated / (4.0 * frame.Length + 4096));
            if (!decoded) continue;
            accepted++;
            if (i % 8 == 0) LookAtAll(message, frame, version, line);
        }
        output.WriteLine($"{Frames / Shares} frames, {accepted} accepted, at most {worst:P0} of the memory allowed");
        Assert.InRange(accepted, 1, Frames / Shares - 1);
    }

    [Fact]
    public void DamagedHeadersAreReadOrRefusedWithinTheirMemory()
    {
        var mutator = new FrameMutator(Seed);
        for (var i = 0; i < Frames / 10; i++)
        {
            var api = ApiCatalog.All[mutator.Next(ApiCatalog.All.Count)];
            using var writer = new WireWriter();
            RequestHeader.Write(writer, api.Key, (short)(api.MinVersion + mutator.Next(14)), mutator.Next(1 << 30), "client");
            var frame = mutator.Mutate(writer.WrittenSpan.ToArray(), Lines[mutator.Next(Lines.Count)].Bytes);
            var allocated = MeasureHeaders(frame, api);
            if (allocated > 4L * frame.Length + 4096) allocated = MeasureHeaders(frame, api);
            Assert.True(allocated <= 4L * frame.Length + 4096, $"header {Convert.ToHexString(frame)}: {allocated} bytes");
        }
    }

    private static long MeasureHeaders(byte[] frame, ApiEntry api)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadHeaders(frame, api.Key, api.MaxVersion);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void ReadHeaders(byte[] frame, ApiKey key, short version)
    {
        try
        {
            var reader = new WireReader(frame);
            _ = RequestHeader.Read(ref reader).ClientId;
        }
        catch (WireFormatException)
        {
            return;
        }
        try
        {
            var reader = new WireReader(frame);
            ResponseHeader.Read(ref reader, key, version);
        }
        catch (WireFormatException problem)
        {
            Assert.NotEmpty(problem.Message);
        }
    }

    private static (bool Decoded, long Allocated) Measure(IWireMessage message, byte[] frame, short version, GoldenLine line)
    {
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var decoded = Decode(message, frame, version);
            return (decoded, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException(Describe(line, version, frame), problem);
        }
    }

    private static bool Decode(IWireMessage message, ReadOnlyMemory<byte> frame, short version)
    {
        try
        {
            var reader = new WireReader(frame);
            message.Read(ref reader, version);
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }

    /// <summary>Decodes what was put off, and holds that writing and reading again changes nothing more.</summary>
    private static void LookAtAll(IWireMessage message, byte[] frame, short version, GoldenLine line)
    {
        try
        {
            using var first = new WireWriter();
            message.Write(first, version);
            var again = line.Entry.Create();
            var reader = new WireReader(first.WrittenMemory);
            again.Read(ref reader, version);
            reader.ExpectEnd();
            using var second = new WireWriter();
            again.Write(second, version);
            Assert.True(first.WrittenSpan.SequenceEqual(second.WrittenSpan), Describe(line, version, frame));
        }
        catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException(Describe(line, version, frame), problem);
        }
    }

    private static string Describe(GoldenLine line, short version, byte[] frame) => $"{line.Name} v{version} {Convert.ToHexString(frame)}";

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
