namespace ActorBroker.Protocol.Tests.Golden;

/// <summary>Our codecs against the bytes of Kafka's own, every message in every version.</summary>
public class GoldenTests
{
    private static readonly IReadOnlyList<GoldenLine> Lines = GoldenLine.Load();

    [Fact]
    public void EveryLineDecodesToItsJsonAndEncodesToTheSameBytes() => Check(line =>
    {
        var message = line.Entry.Create();
        var reader = new WireReader(line.Bytes);
        message.Read(ref reader, line.Version);
        reader.ExpectEnd();
        return JsonMessages.Difference(message, line.Json, line.Name) ?? BytesDifference(message, line);
    });

    [Fact]
    public void EveryLineBuiltFromItsJsonEncodesToTheSameBytes() => Check(line =>
        BytesDifference((IWireMessage)JsonMessages.Fill(line.Entry.Create(), line.Json), line));

    [Fact]
    public void EveryLineDecodesAlikeWhenItsArraysArePutOff() => Check(line =>
    {
        var frame = line.Bytes.ToArray();
        var message = line.Entry.Create();
        var reader = WireReader.WithoutCredit(frame);
        message.Read(ref reader, line.Version);
        reader.ExpectEnd();
        return JsonMessages.Difference(message, line.Json, line.Name) ?? BytesDifference(message, line);
    });

    [Fact]
    public void AMessageThatIsReadAgainKeepsNothing() => Check(line =>
    {
        var message = line.Entry.Create();
        foreach (var earlier in new[] { line.Entry.MinVersion, line.Entry.MaxVersion })
        {
            var other = Lines.First(candidate => candidate.Name == line.Name && candidate.Version == earlier);
            var first = new WireReader(other.Bytes);
            message.Read(ref first, other.Version);
        }
        var reader = new WireReader(line.Bytes);
        message.Read(ref reader, line.Version);
        return BytesDifference(message, line);
    });

    [Fact]
    public void TheLinesCoverEveryMessageInEveryVersion()
    {
        var seen = Lines.Select(line => (line.Name, line.Version)).ToHashSet();
        var missing = Codec.MessageCatalog.All
            .SelectMany(entry => Enumerable.Range(entry.MinVersion, entry.MaxVersion - entry.MinVersion + 1)
                .Select(version => (entry.Name, (short)version)))
            .Where(pair => !seen.Contains(pair));
        Assert.Empty(missing);
    }

    private static void Check(Func<GoldenLine, string?> difference)
    {
        Assert.NotEmpty(Lines);
        var failures = new List<string>();
        foreach (var line in Lines)
        {
            string? failure;
            try
            {
                failure = difference(line);
            }
            catch (Exception problem)
            {
                failure = problem.ToString();
            }
            if (failure is not null) failures.Add($"{line}: {failure}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {Lines.Count} lines differ:\n" + string.Join('\n', failures.Take(20)));
    }

    private static string? BytesDifference(IWireMessage message, GoldenLine line)
    {
        using var writer = new WireWriter();
        message.Write(writer, line.Version);
        return writer.WrittenSpan.SequenceEqual(line.Bytes)
            ? null
            : $"{Convert.ToHexString(writer.WrittenSpan)} instead of {Convert.ToHexString(line.Bytes)}";
    }
}
