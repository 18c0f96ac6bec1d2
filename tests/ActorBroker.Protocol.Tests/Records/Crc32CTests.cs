using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

public class Crc32CTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Check_values_of_the_polynomial_come_out(string text, uint expected)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);

        Assert.Equal(expected, Crc32C.Compute(bytes));
        Assert.Equal(expected, Crc32C.ComputeTable(bytes));
    }

    [Fact]
    public void Thirty_two_zeros_and_ones_give_the_values_of_rfc_3720()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
    }

    [Fact]
    public void All_ways_agree_for_every_length_up_to_four_kibibytes()
    {
        var data = Random(4200, 1);
        for (var length = 0; length <= 4100; length++) AssertAllAgree(data.AsSpan(length % 7, length));
    }

    [Fact]
    public void All_ways_agree_for_long_input()
    {
        foreach (var length in new[] { 12_287, 12_288, 12_289, 65_536, 100_003, 1_048_577 }) AssertAllAgree(Random(length, length));
    }

    [Fact]
    public void Appending_pieces_equals_the_whole()
    {
        var data = Random(50_000, 3);
        var random = new Random(4);
        for (var round = 0; round < 50; round++)
        {
            uint crc = 0;
            for (var at = 0; at < data.Length;)
            {
                var length = Math.Min(random.Next(1, 20_000), data.Length - at);
                crc = Crc32C.Append(crc, data.AsSpan(at, length));
                at += length;
            }
            Assert.Equal(Crc32C.ComputeTable(data), crc);
        }
    }

    private static void AssertAllAgree(ReadOnlySpan<byte> data)
    {
        var expected = Crc32C.ComputeTable(data);
        Assert.Equal(expected, Crc32C.Compute(data));
        Assert.Equal(expected, Crc32C.ComputeSerial(data));
        Assert.Equal(expected, Crc32C.ComputeThreeWay(data));
        Assert.Equal(expected, Crc32C.ComputeFolded(data));
    }

    private static byte[] Random(int length, int seed)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }
}
