using ActorBroker.Storage.Journal;

namespace ActorBroker.Storage.Tests.Journal;

public sealed class ActorSnapshotFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("snapshots").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_newest_snapshot_comes_first_and_reads_back()
    {
        var files = new ActorSnapshotFiles(_directory);
        files.Write(new SnapshotName("a/b c", 3, 100), Content("three"));
        files.Write(new SnapshotName("a/b c", 12, 90), Content("twelve"));
        files.Write(new SnapshotName("a", 99, 90), Content("other"));
        var newest = files.Newest("a/b c");
        Assert.Equal([12L, 3L], newest.Select(name => name.SequenceNr));
        Assert.True(files.TryRead(newest[0], out var content));
        Assert.Equal(("twelve", 4, "m"), (System.Text.Encoding.UTF8.GetString(content.Payload.Span), content.SerializerId, content.Manifest));
    }

    [Fact]
    public void A_damaged_snapshot_is_not_believed()
    {
        var files = new ActorSnapshotFiles(_directory);
        var name = new SnapshotName("a", 3, 100);
        files.Write(name, Content("three"));
        var path = Assert.Single(Directory.GetFiles(_directory));
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.False(files.TryRead(name, out _));
    }

    [Fact]
    public void A_deleted_snapshot_is_gone()
    {
        var files = new ActorSnapshotFiles(_directory);
        var name = new SnapshotName("a", 3, 100);
        files.Write(name, Content("three"));
        files.Delete(name);
        Assert.Empty(files.Newest("a"));
        Assert.False(files.TryRead(name, out _));
    }

    private static SnapshotContent Content(string text) => new(4, "m", System.Text.Encoding.UTF8.GetBytes(text));
}
