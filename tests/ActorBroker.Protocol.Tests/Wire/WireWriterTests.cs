using System.Buffers.Binary;

namespace ActorBroker.Protocol.Tests.Wire;

public class WireWriterTests
{
    [Fact]
    public void AReservedLengthCanBePatchedAfterTheWriterGrew()
    {
        using var writer = new WireWriter(8);
        writer.WriteInt16(1);
        var at = writer.Reserve(4);
        writer.WriteRaw(new byte[100_000]);
        writer.PatchInt32(at, writer.Length - at - 4);
        Assert.Equal(100_000, BinaryPrimitives.ReadInt32BigEndian(writer.WrittenSpan[at..]));
        Assert.Equal(100_006, writer.Length);
    }

    [Fact]
    public void ReservedBytesAreZeroThoughThePoolGaveUsedOnes()
    {
        using var writer = new WireWriter(64);
        writer.WriteRaw(Enumerable.Repeat((byte)0xFF, 32).ToArray());
        writer.Clear();
        writer.Reserve(32);
        Assert.All(writer.WrittenMemory.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void ItServesAsABufferWriter()
    {
        using var writer = new WireWriter(4);
        new byte[] { 1, 2, 3, 4, 5, 6 }.CopyTo(writer.GetSpan(6));
        writer.Advance(6);
        writer.GetMemory(1).Span[0] = 7;
        writer.Advance(1);
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6, 7 }, writer.WrittenMemory.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1_000_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(20_000)]
    public void ASizeCanBePutBeforeWhatWasWritten(int count)
    {
        using var writer = new WireWriter();
        writer.WriteInt8(9);
        var start = writer.Length;
        writer.WriteRaw(Enumerable.Range(0, count).Select(number => (byte)number).ToArray());
        writer.InsertSize(start);

        var reader = new WireReader(writer.WrittenMemory);
        reader.ReadInt8();
        Assert.Equal((uint)count, reader.ReadUnsignedVarint());
        Assert.Equal(count, reader.Remaining);
        Assert.Equal(Enumerable.Range(0, count).Select(number => (byte)number), reader.Slice(count).ToArray());
    }

    [Fact]
    public void AStringLongerThanItsLengthFieldIsRefused()
    {
        using var writer = new WireWriter();
        Assert.Throws<WireFormatException>(() => writer.WriteString(new string('x', 32_768)));
        Assert.Throws<WireFormatException>(() => writer.WriteCompactString(new string('é', 16_384)));
    }
}
