namespace ActorBroker.Storage.Journal;

/// <summary>One persisted event of one persistence id; the payload is already bytes.</summary>
public readonly record struct JournalEntry(
    string PersistenceId, long SequenceNr, int SerializerId, string Manifest, string WriterId, ReadOnlyMemory<byte> Payload);
