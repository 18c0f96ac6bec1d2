using ActorBroker.Core.Ports;
using ActorBroker.Storage;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The batches of one drain on their way into one vectored write, with the requests they came from. One per thread, because a drain
/// never leaves
/// its thread: ten thousand idle partitions hold none.
/// </summary>
internal sealed class AppendScratch
{
    public const int BatchesMax = 256;
    public const int BytesMax = 4 * 1024 * 1024;

    [ThreadStatic]
    private static AppendScratch? t_current;

    public readonly LogBatch[] Batches = new LogBatch[BatchesMax];
    public readonly AppendRequest?[] Requests = new AppendRequest?[BatchesMax];
    public int Count;
    public int Bytes;

    public static AppendScratch Current => t_current ??= new AppendScratch();

    public bool IsFull => Count == BatchesMax || Bytes >= BytesMax;

    public void Add(AppendRequest request, in LogBatch batch)
    {
        Batches[Count] = batch;
        Requests[Count++] = request;
        Bytes += batch.Length;
    }

    public void Clear()
    {
        System.Array.Clear(Batches, 0, Count);
        System.Array.Clear(Requests, 0, Count);
        Count = 0;
        Bytes = 0;
    }
}
