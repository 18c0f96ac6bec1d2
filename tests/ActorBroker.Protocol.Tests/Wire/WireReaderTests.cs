namespace ActorBroker.Protocol.Tests.Wire;

public class WireReaderTests
{
    [Fact]
    public void PrimitivesComeBackAsWritten()
    {
        using var writer = new WireWriter(1);
        var id = Uuid.NewRandom();
        writer.WriteInt8(-5);
        writer.WriteBool(true);
        writer.WriteInt16(short.MinValue);
        writer.WriteUInt16(65_000);
        writer.WriteInt32(int.MinValue);
        writer.WriteUInt32(uint.MaxValue);
        writer.WriteInt64(long.MinValue + 1);
        writer.WriteFloat64(-0.5);
        writer.WriteUuid(id);
        writer.WriteString("é中");
        writer.WriteNullableString(null);
        writer.WriteCompactString("");
        writer.WriteCompactNullableString(null);
        writer.WriteBytes(new byte[] { 1, 2 });
        writer.WriteNullableBytes(null);
        writer.WriteCompactBytes(new byte[] { 3 });
        writer.WriteCompactNullableBytes(null);

        var reader = new WireReader(writer.WrittenMemory);
        Assert.Equal(-5, reader.ReadInt8());
        Assert.True(reader.ReadBool());
        Assert.Equal(short.MinValue, reader.ReadInt16());
        Assert.Equal(65_000, reader.ReadUInt16());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(uint.MaxValue, reader.ReadUInt32());
        Assert.Equal(long.MinValue + 1, reader.ReadInt64());
        Assert.Equal(-0.5, reader.ReadFloat64());
        Assert.Equal(id, reader.ReadUuid());
        Assert.Equal("é中", reader.ReadString());
        Assert.Null(reader.ReadNullableString());
        Assert.Equal("", reader.ReadCompactString());
        Assert.Null(reader.ReadCompactNullableString());
        Assert.Equal(new byte[] { 1, 2 }, reader.ReadBytes().ToArray());
        Assert.False(reader.ReadNullableBytes().HasValue);
        Assert.Equal(new byte[] { 3 }, reader.ReadCompactBytes().ToArray());
        Assert.False(reader.ReadCompactNullableBytes().HasValue);
        reader.ExpectEnd();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(63)]
    [InlineData(-64)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void VarintsComeBackAsWritten(int value)
    {
        using var writer = new WireWriter();
        writer.WriteVarint(value);
        writer.WriteVarlong(value * 4_000_000_001L);
        writer.WriteUnsignedVarint((uint)value);
        Assert.Equal(WireWriter.SizeOfUnsignedVarint((uint)value), Size((uint)value));

        var reader = new WireReader(writer.WrittenMemory);
        Assert.Equal(value, reader.ReadVarint());
        Assert.Equal(value * 4_000_000_001L, reader.ReadVarlong());
        Assert.Equal((uint)value, reader.ReadUnsignedVarint());
        Assert.Equal(0, reader.Remaining);

        static int Size(uint number)
        {
            using var alone = new WireWriter();
            alone.WriteUnsignedVarint(number);
            return alone.Length;
        }
    }

    [Fact]
    public void BytesAreSlicesOfTheFrame()
    {
        var frame = new byte[] { 0, 0, 0, 2, 7, 8 };
        var bytes = new WireReader(frame).ReadBytes();
        frame[4] = 9;
        Assert.Equal(new byte[] { 9, 8 }, bytes.ToArray());
    }

    [Theory]
    [InlineData("FFFFFFFFFF", "varint is longer than 32 bits")]
    [InlineData("FFFFFFFF1F", "varint is longer than 32 bits")]
    [InlineData("FFFF", "varint needs 1 bytes where 0 remain")]
    public void AnUnsignedVarintOfMoreThanFiveBytesIsRefused(string hex, string problem) =>
        Refused(hex, problem, (ref WireReader reader) => reader.ReadUnsignedVarint());

    [Theory]
    [InlineData("0005616263", "name needs 5 bytes where 3 remain")]
    [InlineData("FFFF", "name must not be null")]
    [InlineData("00", "int16 needs 2 bytes where 1 remain")]
    public void AStringThatIsNotThereIsRefused(string hex, string problem) =>
        Refused(hex, problem, (ref WireReader reader) => reader.ReadString("name"));

    [Theory]
    [InlineData("818002", "name has 32768 bytes, more than a string may have")]
    [InlineData("00", "name must not be null")]
    [InlineData("0461", "name needs 3 bytes where 1 remain")]
    public void ACompactStringThatIsNotThereIsRefused(string hex, string problem) =>
        Refused(hex, problem, (ref WireReader reader) => reader.ReadCompactString("name"));

    [Theory]
    [InlineData("7FFFFFFF00", "topics claims 2147483647 elements where 1 bytes remain")]
    [InlineData("0000000200000000000000", "topics claims 2 elements where 7 bytes remain")]
    public void ACountThatTheFrameCannotHoldIsRefused(string hex, string problem) =>
        Refused(hex, problem, (ref WireReader reader) => reader.ReadArrayLength(4, "topics"));

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("80000000")]
    public void ANegativeCountMeansNull(string hex) =>
        Assert.Equal(-1, new WireReader(Convert.FromHexString(hex)).ReadArrayLength(1));

    [Theory]
    [InlineData("020100000100", "tagged field tag 0 does not rise above tag 1")]
    [InlineData("0203000300", "tagged field tag 3 does not rise above tag 3")]
    [InlineData("010005", "tagged field tag 0 claims 5 bytes of 0")]
    [InlineData("7F00", "tagged fields 127 do not fit into the 1 bytes that remain")]
    public void DisorderlyTagsAreRefused(string hex, string problem) =>
        Refused(hex, problem, (ref WireReader reader) => reader.SkipTaggedFields());

    [Fact]
    public void BytesThatAreNoTextBecomeReplacementCharactersWithoutMuchMemory()
    {
        var frame = new byte[4002];
        Array.Fill(frame, (byte)0xFF);
        (frame[0], frame[1]) = (0x0F, 0xA0);
        _ = new WireReader(frame).ReadString();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = new WireReader(frame).ReadString();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(new string('\uFFFD', 4000), text);
        Assert.InRange(allocated, 8000, 8100);
    }

    private delegate void Read(ref WireReader reader);

    private static void Refused(string hex, string problem, Read read)
    {
        var refusal = Assert.Throws<WireFormatException>(() =>
        {
            var reader = new WireReader(Convert.FromHexString(hex));
            read(ref reader);
        });
        Assert.StartsWith(problem, refusal.Message);
    }
}
