using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// Appended requests with acks=all that wait for the high watermark, in log order. What the watermark has passed leaves from the front;
/// a deadline that
/// has passed answers REQUEST_TIMED_OUT and leaves its place empty (the record may still be committed later, R30).
/// </summary>
internal sealed class AckQueue
{
    private readonly Queue<Waiting> _queue = new();

    private sealed class Waiting(AppendRequest request, AppendResult result, long committedAt, long deadlineMs)
    {
        public AppendRequest? Request = request;
        public readonly AppendResult Result = result;
        public readonly long CommittedAt = committedAt;
        public readonly long DeadlineMs = deadlineMs;
    }

    public bool IsEmpty => _queue.Count == 0;

    /// <summary>Parks a request until the high watermark reaches <paramref name="committedAt"/>, or the monotonic clock the deadline.</summary>
    public void Park(AppendRequest request, in AppendResult result, long committedAt, long deadlineMs) =>
        _queue.Enqueue(new Waiting(request, result, committedAt, deadlineMs));

    public void Committed(long highWatermark)
    {
        while (_queue.TryPeek(out var waiting) && waiting.CommittedAt <= highWatermark)
        {
            _queue.Dequeue();
            waiting.Request?.Complete(waiting.Result);
        }
    }

    public void Expire(long nowMs, in AppendResult timedOut)
    {
        foreach (var waiting in _queue)
        {
            if (waiting.Request is null || waiting.DeadlineMs > nowMs) continue;
            waiting.Request.Complete(timedOut);
            waiting.Request = null;
        }

        while (_queue.TryPeek(out var waiting) && waiting.Request is null) _queue.Dequeue();
    }

    public void FailAll(in AppendResult result)
    {
        while (_queue.TryDequeue(out var waiting)) waiting.Request?.Complete(result);
    }
}
