namespace ActorBroker.Protocol.Records;

/// <summary>Decides per record what compaction keeps. A struct, so that the walk is compiled for it.</summary>
public interface IRecordFilter
{
    /// <summary><paramref name="record"/> stands on the record; do not move it.</summary>
    bool Keep(scoped in RecordReader record, long offset);
}
