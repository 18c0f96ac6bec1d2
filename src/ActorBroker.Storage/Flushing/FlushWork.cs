namespace ActorBroker.Storage.Flushing;

/// <summary>What a flush thread puts on the disk: made by the owner, run once on any thread by <see cref="LogFlusher"/>.</summary>
public sealed class FlushWork
{
    internal FlushWork(PartitionLog log, long offset)
    {
        Log = log;
        Offset = offset;
    }

    public PartitionLog Log { get; }

    /// <summary>Everything below is on the disk once this has run.</summary>
    public long Offset { get; }
}

public readonly record struct FlushResult(PartitionLog Log, long Offset, LogIoException? Failure);
