using ActorBroker.Storage.Journal;

namespace ActorBroker.Storage.Tests.Journal;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal").FullName;

    private string FilePath => Path.Combine(_directory, "actorbroker.journal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        using (var journal = JournalFile.Open(FilePath))
        {
            await journal.AppendAsync([Entry("a", 1, "one"), Entry("a", 2, "two")]);
            await journal.AppendAsync([Entry("b", 1, "other")]);
        }

        using var again = JournalFile.Open(FilePath);
        Assert.Equal(["1 one", "2 two"], Replay(again, "a"));
        Assert.Equal(["1 other"], Replay(again, "b"));
        Assert.Equal(2, again.HighestSequenceNr("a"));
        Assert.Equal(0, again.HighestSequenceNr("nobody"));
    }

    [Fact]
    public async Task A_replay_keeps_to_its_range_and_limit()
    {
        using var journal = JournalFile.Open(FilePath);
        await journal.AppendAsync([.. Enumerable.Range(1, 9).Select(i => Entry("a", i, "x"))]);
        var seen = new List<long>();
        journal.Replay("a", 3, 8, 4, entry => seen.Add(entry.SequenceNr));
        Assert.Equal([3, 4, 5, 6], seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task A_torn_tail_is_cut_off_and_writing_goes_on_behind_what_is_whole(int torn)
    {
        using (var journal = JournalFile.Open(FilePath)) await journal.AppendAsync([Entry("a", 1, "one"), Entry("a", 2, "two")]);
        using (var file = new FileStream(FilePath, FileMode.Open)) file.SetLength(file.Length - torn);
        using (var journal = JournalFile.Open(FilePath))
        {
            Assert.Equal(["1 one"], Replay(journal, "a"));
            await journal.AppendAsync([Entry("a", 2, "again")]);
        }

        using var last = JournalFile.Open(FilePath);
        Assert.Equal(["1 one", "2 again"], Replay(last, "a"));
    }

    [Fact]
    public async Task Deleted_events_are_gone_but_their_numbers_are_not_given_out_again()
    {
        using (var journal = JournalFile.Open(FilePath))
        {
            await journal.AppendAsync([Entry("a", 1, "one"), Entry("a", 2, "two"), Entry("a", 3, "three")]);
            await journal.DeleteToAsync("a", 2);
            Assert.Equal(["3 three"], Replay(journal, "a"));
            await journal.DeleteToAsync("a", long.MaxValue);
        }

        using var again = JournalFile.Open(FilePath);
        Assert.Empty(Replay(again, "a"));
        Assert.Equal(3, again.HighestSequenceNr("a"));
    }

    [Fact]
    public async Task A_file_of_deleted_events_is_rewritten_and_keeps_what_lives()
    {
        var large = new string('x', 60_000);
        using (var journal = JournalFile.Open(FilePath))
        {
            await journal.AppendAsync([Entry("kept", 1, "kept")]);
            for (var i = 1; i <= 120; i++)
            {
                await journal.AppendAsync([Entry("a", i, large)]);
                await journal.DeleteToAsync("a", i - 1);
            }

            Assert.InRange(new FileInfo(FilePath).Length, 1, 5_000_000);
            Assert.Equal([$"120 {large}"], Replay(journal, "a"));
        }

        using var again = JournalFile.Open(FilePath);
        Assert.Equal(["1 kept"], Replay(again, "kept"));
        Assert.Equal(120, again.HighestSequenceNr("a"));
    }

    [Fact]
    public async Task Writers_at_the_same_time_keep_the_order_of_each()
    {
        using var journal = JournalFile.Open(FilePath);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 1; i <= 50; i++) await journal.AppendAsync([Entry($"w{writer}", i, "x")]);
        })));
        for (var writer = 0; writer < 8; writer++)
        {
            var seen = new List<long>();
            journal.Replay($"w{writer}", 1, long.MaxValue, long.MaxValue, entry => seen.Add(entry.SequenceNr));
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), seen);
        }
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(FilePath, "this is something else altogether");
        Assert.Throws<InvalidDataException>(() => JournalFile.Open(FilePath));
        Assert.Equal("this is something else altogether", File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task A_closed_journal_takes_nothing()
    {
        var journal = JournalFile.Open(FilePath);
        journal.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.AppendAsync([Entry("a", 1, "x")]));
    }

    private static JournalEntry Entry(string id, long sequenceNr, string text) =>
        new(id, sequenceNr, 7, "text", "writer", System.Text.Encoding.UTF8.GetBytes(text));

    private static List<string> Replay(JournalFile journal, string id)
    {
        var seen = new List<string>();
        journal.Replay(id, 1, long.MaxValue, long.MaxValue, entry => seen.Add($"{entry.SequenceNr} {System.Text.Encoding.UTF8.GetString(entry.Payload.Span)}"));
        return seen;
    }
}
