namespace ActorBroker.Protocol.Records;

/// <summary>Arithmetic of producer sequence numbers (KIP-98): 31 bits, Int32.MaxValue is followed by 0; -1 means none.</summary>
public static class Sequences
{
    public static int Increment(int sequence, int by) =>
        sequence > int.MaxValue - by ? by - (int.MaxValue - sequence) - 1 : sequence + by;

    public static int Decrement(int sequence, int by) => sequence < by ? int.MaxValue - (by - sequence) + 1 : sequence - by;

    public static int Last(int baseSequence, int lastOffsetDelta) =>
        baseSequence == RecordBatchLayout.NoSequence ? RecordBatchLayout.NoSequence : Increment(baseSequence, lastOffsetDelta);
}
