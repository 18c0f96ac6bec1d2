using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;

namespace ActorBroker.Storage.Tests;

public sealed class IncarnationFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("incarnation").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_first_life_is_numbered_by_the_clock() => Assert.Equal(5_000, IncarnationFile.Next(_directory, 5_000));

    [Fact]
    public void Incarnations_rise_when_the_clock_stands_still_or_goes_back()
    {
        var lives = new[] { 5_000L, 5_000, 300, 6_000 }.Select(clock => IncarnationFile.Next(_directory, clock)).ToList();
        Assert.Equal([5_000L, 5_001, 5_002, 6_000], lives);
    }

    [Fact]
    public void What_is_known_from_elsewhere_counts_too()
    {
        Assert.Equal(9_001, IncarnationFile.Next(_directory, 5_000, known: 9_000));
        Assert.Equal(9_002, IncarnationFile.Next(_directory, 5_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("9223372036854775807")]
    public void A_file_that_holds_no_number_is_refused_by_name(string content)
    {
        var path = Path.Combine(_directory, IncarnationFile.FileName);
        File.WriteAllText(path, content);
        var error = Assert.Throws<WireFormatException>(() => IncarnationFile.Next(_directory, 5_000));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("delete the file", error.Message, StringComparison.Ordinal);
    }
}
