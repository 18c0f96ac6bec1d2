using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol;
using ActorBroker.Storage.Segments;
using ActorBroker.Storage.Tail;

namespace ActorBroker.Storage;

/// <summary>
/// The state of one log, shared by the parts that work on it. Everything is changed by the owner alone; what readers see is published with
/// release writes in this order: file bytes, segment size, segment array, log end. A reader that holds an offset below the log end
/// therefore finds everything below it.
/// </summary>
internal sealed class LogState(PartitionFiles files, Uuid topicId, PartitionSettings settings)
{
    /// <summary>The first unstable offset is not known before the producers are loaded.</summary>
    public const long NotLoaded = -2;

    public readonly Lock ProducersGate = new();

    private LogSegment[] _segments = [];
    private PartitionSettings _settings = settings;
    private TailCache? _tail;
    private long _logStart;
    private long _logEnd;
    private long _highWatermark;
    private long _firstUnstable = NotLoaded;
    private long _recoveryPoint;

    public PartitionFiles Files => files;
    public Uuid TopicId => topicId;
    public LeaderEpochCache Epochs { get; } = new(files);

    public PartitionSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    /// <summary>Ascending, never changed in place; empty until the first append.</summary>
    public LogSegment[] Segments
    {
        get => Volatile.Read(ref _segments);
        set => Volatile.Write(ref _segments, value);
    }

    public long LogStart
    {
        get => Volatile.Read(ref _logStart);
        set => Volatile.Write(ref _logStart, value);
    }

    public long LogEnd
    {
        get => Volatile.Read(ref _logEnd);
        set => Volatile.Write(ref _logEnd, value);
    }

    public long HighWatermark
    {
        get => Volatile.Read(ref _highWatermark);
        set => Volatile.Write(ref _highWatermark, value);
    }

    /// <summary>-1: nothing is open.</summary>
    public long FirstUnstable
    {
        get => Volatile.Read(ref _firstUnstable);
        set => Volatile.Write(ref _firstUnstable, value);
    }

    public long RecoveryPoint
    {
        get => Volatile.Read(ref _recoveryPoint);
        set => Volatile.Write(ref _recoveryPoint, value);
    }

    /// <summary>The active segment's writer; null until this run appends.</summary>
    public SegmentWriter? Writer { get; set; }

    /// <summary>Null until somebody asks; see <see cref="ProducerLoader"/>.</summary>
    public ProducerStateTable? Producers { get; set; }

    /// <summary>Offsets of the snapshot files, ascending.</summary>
    public List<long> Snapshots { get; set; } = NoSnapshots;

    public static readonly List<long> NoSnapshots = [];

    /// <summary>Grows with every change of the segments that is not an append; what was planned against another value is stale.</summary>
    public int Structure { get; set; }

    /// <summary>True once the partition's directory is there; false for a partition that nobody has written to.</summary>
    public bool IsOnDisk { get; set; }

    /// <summary>The directory's own name is not durable yet.</summary>
    public bool IsDirectoryNew { get; set; }

    /// <summary>
    /// Bytes that a recovery would have to replay for producers and epochs, and how many segments have ended, now and at the last full
    /// flush; where that flush stood.
    /// </summary>
    public long BytesSinceSnapshot { get; set; }
    public long FullyFlushedTo { get; set; }
    public int Rolls { get; set; }
    public int RollsFlushed { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Bytes appended since the last flush began, and when the first of them came, by the monotonic clock.</summary>
    public long UnflushedBytes { get; set; }
    public long UnflushedSinceMs { get; set; }

    /// <summary>Names in the directory have changed since it was last synced.</summary>
    public bool HasNewNames { get; set; }

    /// <summary>Records past the recovery point were found at the start: the next flush makes them durable.</summary>
    public void NoteUnflushed(long bytes)
    {
        UnflushedBytes = BytesSinceSnapshot = bytes;
        UnflushedSinceMs = System.Environment.TickCount64;
        HasNewNames = true;
        Rolls++;
    }

    public TailCache? Tail => Volatile.Read(ref _tail);

    public LogEnvironment Environment => files.Environment;

    public TailCache TailForReader()
    {
        if (Volatile.Read(ref _tail) is { } known) return known;
        var made = new TailCache(Environment.Tail, Environment.Buffers);
        return Interlocked.CompareExchange(ref _tail, made, null) ?? made;
    }

    /// <summary>True when a failed read of these segments should be tried again on the ones that took their place.</summary>
    public bool HasOtherSegments(LogSegment[] segments) => !ReferenceEquals(Segments, segments);

    /// <summary>The index of the last segment whose base is at most the offset; -1 when all begin later.</summary>
    public static int Floor(LogSegment[] segments, long offset)
    {
        int low = 0, high = segments.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
