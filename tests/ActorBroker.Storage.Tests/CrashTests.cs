using ActorBroker.Core.Partitions;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

/// <summary>
/// Random work on a log over a device that forgets and tears, power failing in between. After every restart: the log opens; nothing that
/// was synced is missing; what is there is exactly what was appended, without a hole; producers and epochs are those of what is there.
/// </summary>
public sealed class CrashTests
{
    private const int Seeds = 250;

    [Fact]
    public void Power_may_fail_at_any_time()
    {
        var only = Environment.GetEnvironmentVariable("SEED");
        var failures = new List<string>();
        Parallel.For(0, only is null ? Seeds : 1, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            var seed = only is null ? i : int.Parse(only);
            try
            {
                new CrashRun(seed).Run();
            }
            catch (Exception error)
            {
                lock (failures) failures.Add($"SEED={seed}: {error.GetType().Name} {error.Message}\n{error.StackTrace}");
            }
        });
        Assert.True(failures.Count == 0, $"{failures.Count} seeds failed\n{string.Join("\n\n", failures.Take(3))}");
    }

    private sealed class CrashRun
    {
        private static readonly StorageSettings Storage = new() { ProducerExpirationMs = long.MaxValue / 2, FlushBytes = 1 << 20 };

        private readonly Random _random;
        private readonly CrashFiles _device;
        private readonly string _root;
        private readonly PartitionSettings _settings;
        private readonly List<(long Base, long Last, long ProducerId, int Sequence, int Epoch)> _model = [];
        private readonly Dictionary<long, int> _nextSequence = [];
        private long _synced;
        private long _logStartDurable;
        private int _epoch;

        public CrashRun(int seed)
        {
            _random = new Random(seed);
            _root = Directory.CreateTempSubdirectory("actorbroker-crash-").FullName;
            _device = new CrashFiles(_root, seed) { Survival = _random.Next(4) / 3.0 };
            _settings = new PartitionSettings { SegmentBytes = 2000 + _random.Next(30_000), FileDeleteDelayMs = 0, IndexIntervalBytes = 512, RetentionMs = -1 };
        }

        public void Run()
        {
            try
            {
                using var node = new TestNode(Storage, _device, _root);
                var log = node.Open(_settings);
                for (var round = 0; round < 6; round++)
                {
                    for (var step = _random.Next(40); step > 0; step--) Step(node, log);
                    if (_random.Next(4) == 0) Stop(node, log);
                    else Crash(node, log);
                    log = node.Open(_settings);
                    Check(log);
                }
            }
            finally
            {
                Directory.Delete(_root, recursive: true);
            }
        }

        private void Step(TestNode node, PartitionLog log)
        {
            switch (_random.Next(20))
            {
                case 0 or 1 or 2:
                    Flush(log);
                    break;
                case 3:
                    _epoch++;
                    break;
                case 4:
                    Truncate(log);
                    break;
                case 5:
                    log.IncrementLogStart(log.LogStartOffset + _random.Next(5));
                    log.ApplyRetention(0);
                    node.Logs.WriteCheckpoints();
                    _logStartDurable = log.LogStartOffset;
                    break;
                case 6:
                    node.Logs.RemoveDeleted();
                    break;
                default:
                    Append(node, log);
                    break;
            }
        }

        private void Append(TestNode node, PartitionLog log)
        {
            var next = log.LogEndOffset;
            var batches = new LogBatch[1 + _random.Next(4)];
            for (var i = 0; i < batches.Length; i++)
            {
                var records = 1 + _random.Next(4);
                var producer = _random.Next(3) == 0 ? _random.Next(3) : -1L;
                var sequence = producer < 0 ? -1 : _nextSequence.GetValueOrDefault(producer);
                batches[i] = producer < 0
                    ? BatchSource.Plain(node.Pool, next, records, _epoch, 20 + _random.Next(600))
                    : BatchSource.From(node.Pool, next, producer, 0, sequence, records);
                if (producer >= 0)
                {
                    _nextSequence[producer] = sequence + records;
                    batches[i].LeaderEpoch = _epoch;
                    Protocol.Records.RecordBatchPatch.SetOffsetAndEpoch(batches[i].Buffer.Span(0, batches[i].Length), next, _epoch);
                }
                _model.Add((next, next + records - 1, producer, sequence < 0 ? -1 : sequence + records - 1, _epoch));
                next += records;
            }
            Assert.True(TestNode.Append(log, batches).IsComplete);
            if (_random.Next(2) == 0) log.UpdateHighWatermark(log.LogEndOffset);
        }

        private void Flush(PartitionLog log)
        {
            TestNode.Flush(log);
            if (log.RecoveryPoint == log.LogEndOffset) _synced = Math.Max(_synced, log.RecoveryPoint);
        }

        private void Truncate(PartitionLog log)
        {
            var boundaries = _model.Where(batch => batch.Base > log.LogStartOffset).Select(batch => batch.Base).ToList();
            if (boundaries.Count == 0) return;
            var to = boundaries[_random.Next(boundaries.Count)];
            log.TruncateTo(to);
            Assert.Equal(to, log.LogEndOffset);
            Cut(to);
            _epoch++;
        }

        private void Cut(long to)
        {
            _model.RemoveAll(batch => batch.Last >= to);
            _synced = Math.Min(_synced, to);
            foreach (var producer in _nextSequence.Keys.ToList()) _nextSequence[producer] = LastSequence(producer) + 1;
        }

        private void Stop(TestNode node, PartitionLog log)
        {
            node.Restart(log);
            Assert.True(node.Logs.WasCleanShutdown);
            _synced = _model.Count > 0 ? _model[^1].Last + 1 : _synced;
        }

        private void Crash(TestNode node, PartitionLog log)
        {
            log.Close(clean: false);
            node.Logs.Close(clean: false);
            _device.Crash();
            node.Start();
            Assert.False(node.Logs.WasCleanShutdown);
        }

        private void Check(PartitionLog log)
        {
            Assert.True(log.LogEndOffset >= _synced, $"the log ends at {log.LogEndOffset}; {_synced} was synced");
            Assert.True(log.LogStartOffset >= Math.Min(_logStartDurable, log.LogEndOffset), $"the log starts at {log.LogStartOffset}");
            var read = TestNode.Read(log, log.LogStartOffset);
            var expected = _model.Where(batch => batch.Last >= log.LogStartOffset && batch.Last < log.LogEndOffset).Select(batch => (batch.Base, batch.Last)).ToList();
            Assert.Equal(expected, read);
            Cut(log.LogEndOffset);
            if (_model.Count > 0 && log.IsOnDisk && _model[^1].Last >= log.LogStartOffset) Assert.True(_model[^1].Epoch == log.LatestEpoch, $"epoch {log.LatestEpoch} instead of {_model[^1].Epoch}; log {log.LogStartOffset}..{log.LogEndOffset} " + $"synced {_synced} batch {_model[^1]} {string.Join(' ', log.State.Epochs.Entries)} " + $"snapshots {string.Join(' ', log.State.Snapshots)} recovery {log.RecoveryPoint} segments {string.Join(' ', log.State.Segments.Select(x => x.BaseOffset))}");
            foreach (var producer in _nextSequence.Keys)
            {
                var kept = LastSequence(producer);
                if (kept >= 0 && _model.Last(batch => batch.ProducerId == producer).Base >= log.LogStartOffset)
                    Assert.Equal(kept, log.Producers.Find(producer)?.LastSequence ?? -1);
            }
            _epoch++;
        }

        private int LastSequence(long producer)
        {
            for (var i = _model.Count - 1; i >= 0; i--)
                if (_model[i].ProducerId == producer) return _model[i].Sequence;
            return -1;
        }
    }
}
