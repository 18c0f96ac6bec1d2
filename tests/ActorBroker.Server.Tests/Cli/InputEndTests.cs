using System.Text;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Tests.Cli;

public sealed class InputEndTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one\n", "one")]
    [InlineData("one\ntwo", "one|two")]
    [InlineData("one\n\ntwo\n", "one||two")]
    public async Task The_input_ends_once_and_for_good(string input, string records)
    {
        var reader = new DelimitedReader(new MemoryStream(Encoding.UTF8.GetBytes(input)), "\n"u8.ToArray());
        var seen = new List<string>();
        while (seen.Count < 10 && await reader.NextAsync(CancellationToken.None) is { } record) seen.Add(Encoding.UTF8.GetString(record.Span));
        Assert.Equal(records, string.Join('|', seen));
        Assert.Null(await reader.NextAsync(CancellationToken.None));
    }
}
