namespace ActorBroker.Protocol.Records;

/// <summary>What <see cref="RecordBatchRewriter.Retain"/> wrote.</summary>
/// <param name="SizeInBytes">Bytes appended to the destination.</param>
/// <param name="RecordsRead">Records that the batch had.</param>
/// <param name="RecordsKept">Records that it has now.</param>
/// <param name="MaxTimestamp">Its max timestamp now.</param>
public readonly record struct RewriteResult(int SizeInBytes, int RecordsRead, int RecordsKept, long MaxTimestamp);
