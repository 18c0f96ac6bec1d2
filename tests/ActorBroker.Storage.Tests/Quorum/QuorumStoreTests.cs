using System.Text;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Quorum;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests.Quorum;

public sealed class QuorumStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("quorum").FullName;

    private string FilePath => Path.Combine(_directory, QuorumStore.FileName);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        Uuid file;
        using (var store = QuorumStore.Open(_directory, 3))
        {
            file = store.Machine.FileId;
            Write(store, new ClusterJoined("c"), new VotersDecided(new VoterSet(1, [new Voter(3, file, "host", 9)])));
            Write(store, new PromiseMade("a", Ballot.Of(1, 3), 77), new EntriesAccepted("a", Ballot.Of(1, 3), 0, [Entry(1, 1), Entry(2, 4)]));
            Write(store, new SnapshotInstalled("a", Ballot.Of(1, 3), new QuorumSnapshot(new LogPosition(Ballot.Of(1, 1), 1), 5, "state"u8.ToArray())));
        }

        using var again = QuorumStore.Open(_directory, 3);
        Assert.Equal((3, file, "c"), (again.Machine.NodeId, again.Machine.FileId, again.Machine.ClusterId));
        Assert.Equal("host", again.Machine.Voters.Find(3)!.Host);
        var log = again.Machine.LogOf("a")!;
        Assert.Equal([1L, 4L], log.Entries.Select(entry => entry.Last));
        Assert.Equal("entry 4", Encoding.UTF8.GetString(log.Entries[1].Bytes.Span));
        Assert.Equal(("state", 1L), (Encoding.UTF8.GetString(log.Snapshot!.Bytes.Span), log.SnapshotSequenceNr));
        Assert.Equal(Ballot.Of(1, 3), again.Machine.PromisedOf("a"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(30)]
    public void A_torn_tail_is_cut_off_and_writing_goes_on_behind_what_is_whole(int torn)
    {
        using (var store = QuorumStore.Open(_directory, 1))
        {
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), 0, [Entry(1, 1)]));
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), 1, [Entry(2, 2)]));
        }

        using (var file = new FileStream(FilePath, FileMode.Open)) file.SetLength(file.Length - torn);
        using (var store = QuorumStore.Open(_directory, 1))
        {
            Assert.Equal(1, store.Machine.LogOf("a")!.Last.SequenceNr);
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), 1, [Entry(2, 3)]));
        }

        using var last = QuorumStore.Open(_directory, 1);
        Assert.Equal(3, last.Machine.LogOf("a")!.Last.SequenceNr);
    }

    [Fact]
    public void Damage_before_good_records_is_refused_and_left_as_it_is()
    {
        long middle;
        using (var store = QuorumStore.Open(_directory, 1))
        {
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), 0, [Entry(1, 1)]));
            middle = new FileInfo(FilePath).Length - 5;
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), 1, [Entry(2, 2)]));
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes[middle] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => QuorumStore.Open(_directory, 1)).Message);
        Assert.Equal(bytes, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_rewritten_file_says_the_same_and_is_written_on()
    {
        using (var store = QuorumStore.Open(_directory, 1))
        {
            for (var i = 1; i <= 50; i++) Write(store, new EntriesAccepted("a", Ballot.Of(i, 1), i - 1, [new QuorumEntry(i, i, Ballot.Of(i, 1), QuorumEntryKind.Events, new byte[1000])]));
            Write(store, new SnapshotInstalled("a", Ballot.Of(50, 1), new QuorumSnapshot(new LogPosition(Ballot.Of(48, 1), 48), 1, "s"u8.ToArray())), new LogCut("a", 48));
            Write(store, new VotersPromiseMade(Ballot.Of(4, 2), 9), new VoterSetAccepted(Ballot.Of(4, 2), new VoterSet(1, [])));
            var before = new FileInfo(FilePath).Length;
            store.Rewrite(store.Machine.ToRecords());
            Assert.True(new FileInfo(FilePath).Length < before / 5);
            Write(store, new PromiseMade("a", Ballot.Of(60, 2), 5));
        }

        using var again = QuorumStore.Open(_directory, 1);
        var log = again.Machine.LogOf("a")!;
        Assert.Equal((48L, 48L, 50L), (log.Start.SequenceNr, log.SnapshotSequenceNr, log.Last.SequenceNr));
        Assert.Equal(Ballot.Of(60, 2), again.Machine.PromisedOf("a"));
        Assert.Equal(1, again.Machine.AcceptedVoters!.Epoch);
    }

    [Fact]
    public void Another_nodes_file_is_refused()
    {
        QuorumStore.Open(_directory, 1).Dispose();
        Assert.Contains("belongs to node 1", Assert.Throws<InvalidDataException>(() => QuorumStore.Open(_directory, 2)).Message);
    }

    [Fact]
    public void A_file_is_opened_once_at_a_time()
    {
        using var store = QuorumStore.Open(_directory, 1);
        Assert.Throws<LogDirectoryLockedException>(() => QuorumStore.Open(_directory, 1));
    }

    [Fact]
    public void A_failed_sync_is_final()
    {
        var device = new CrashFiles(_directory, 1);
        using var store = QuorumStore.Open(device, _directory, 1, Uuid.NewRandom());
        device.FailSyncs = true;
        Assert.Equal(LogIoErrorKind.Offline, Assert.Throws<LogIoException>(() => store.Append([new PromiseMade("a", Ballot.Of(1, 1), 1)])).Kind);
        device.FailSyncs = false;
        Assert.Throws<LogIoException>(() => store.Append([new PromiseMade("a", Ballot.Of(1, 1), 1)]));
    }

    [Fact]
    public void A_full_disk_fails_the_write_and_the_file_opens_with_what_was_synced()
    {
        var device = new CrashFiles(_directory, 1);
        using (var store = QuorumStore.Open(device, _directory, 1, Uuid.NewRandom()))
        {
            store.Append([new PromiseMade("a", Ballot.Of(1, 1), 1)]);
            device.SpaceLeft = 10;
            Assert.Equal(LogIoErrorKind.NoSpace, Assert.Throws<LogIoException>(() => store.Append([new PromiseMade("a", Ballot.Of(2, 1), 1)])).Kind);
        }

        device.SpaceLeft = long.MaxValue;
        using var again = QuorumStore.Open(device, _directory, 1, Uuid.NewRandom());
        Assert.Equal(Ballot.Of(1, 1), again.Machine.PromisedOf("a"));
    }

    [Fact]
    public void Power_may_fail_at_any_time()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var root = Path.Combine(_directory, $"s{seed}");
            Directory.CreateDirectory(root);
            new CrashRun(root, seed).Run();
        }
    }

    [Fact]
    public void The_properties_read_back_and_refuse_what_they_do_not_understand()
    {
        Assert.Null(QuorumProperties.Read(_directory));
        var voters = new VoterSet(4, [new Voter(1, Uuid.NewRandom(), "h1", 1), new Voter(7, Uuid.NewRandom(), "::1", 65000)]);
        new QuorumProperties("abc", 7, voters).Write(_directory);
        var read = QuorumProperties.Read(_directory)!;
        Assert.Equal(("abc", 7), (read.ClusterId, read.NodeId));
        Assert.Equal(voters, read.Voters);
        File.AppendAllText(Path.Combine(_directory, QuorumProperties.FileName), "voter.9=somewhere\n");
        Assert.Throws<WireFormatException>(() => QuorumProperties.Read(_directory));
    }

    private static void Write(QuorumStore store, params AcceptorRecord[] records)
    {
        foreach (var record in records) store.Machine.Apply(record);
        store.Append(records);
    }

    private static QuorumEntry Entry(long first, long last) =>
        new(first, last, Ballot.Of(1, 1), QuorumEntryKind.Events, Encoding.UTF8.GetBytes($"entry {last}"));

    /// <summary>After every power failure the file says what was synced, or that and the batch that was being written.</summary>
    private sealed class CrashRun(string root, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly CrashFiles _device = new(root, seed) { Survival = (seed % 4) / 3.0 };
        private readonly Uuid _id = Uuid.NewRandom();
        private int _written;

        public void Run()
        {
            var synced = -1;
            for (var round = 0; round < 5; round++)
            {
                using (var store = QuorumStore.Open(_device, root, 1, _id))
                {
                    Assert.Equal(_id, store.Machine.FileId);
                    _written = (int)(store.Machine.LogOf("a")?.Last.SequenceNr ?? 0);
                    Assert.True(synced < 0 || _written == synced || _written == synced + 1, $"seed {seed}: {_written} after {synced} were synced");
                    synced = _written;
                    for (var steps = _random.Next(12); steps > 0; steps--)
                    {
                        if (_random.Next(8) == 0) store.Rewrite(store.Machine.ToRecords());
                        else synced = Append(store);
                    }

                    if (_random.Next(2) == 0) AppendWithoutSync(store);
                }

                _device.FailSyncs = false;
                _device.Crash();
            }
        }

        private int Append(QuorumStore store)
        {
            var next = _written + 1;
            Write(store, new EntriesAccepted("a", Ballot.Of(1, 1), _written, [new QuorumEntry(next, next, Ballot.Of(1, 1), QuorumEntryKind.Events, new byte[_random.Next(3000)])]));
            return _written = next;
        }

        private void AppendWithoutSync(QuorumStore store)
        {
            _device.FailSyncs = true;
            Assert.Throws<LogIoException>(() => Append(store));
        }
    }
}
