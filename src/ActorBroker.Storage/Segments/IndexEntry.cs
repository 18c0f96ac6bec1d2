namespace ActorBroker.Storage.Segments;

/// <summary>
/// One entry of a sparse index. Offset index: key is the last offset of a batch relative to the segment's base, value the batch's position.
/// Time index: key is the largest timestamp so far, value the relative offset of the batch that has it. Both grow from entry to entry.
/// </summary>
internal readonly record struct IndexEntry(long Key, int Value);
