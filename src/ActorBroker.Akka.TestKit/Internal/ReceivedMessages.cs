namespace Akka.TestKit.Internal;

/// <summary>The test actor's messages in their order. The actor adds, the test takes; it may wait blocking or asynchronously.</summary>
internal sealed class ReceivedMessages
{
    private readonly Queue<MessageEnvelope> _messages = new();
    private readonly SemaphoreSlim _count = new(0);

    public int Count => _count.CurrentCount;

    public void Add(MessageEnvelope message)
    {
        lock (_messages)
            _messages.Enqueue(message);
        _count.Release();
    }

    /// <summary>Waits; a negative time (but for the infinite one) is none.</summary>
    public MessageEnvelope? Take(TimeSpan max, bool peek, CancellationToken cancellationToken) =>
        _count.Wait(Bounded(max), cancellationToken) ? Get(peek) : null;

    public async ValueTask<MessageEnvelope?> TakeAsync(TimeSpan max, bool peek, CancellationToken cancellationToken) =>
        await _count.WaitAsync(Bounded(max), cancellationToken).ConfigureAwait(false) ? Get(peek) : null;

    private static TimeSpan Bounded(TimeSpan max) =>
        max == Timeout.InfiniteTimeSpan || max.TotalMilliseconds >= int.MaxValue ? Timeout.InfiniteTimeSpan
        : max < TimeSpan.Zero ? TimeSpan.Zero
        : max;

    private MessageEnvelope Get(bool peek)
    {
        lock (_messages)
        {
            if (!peek)
                return _messages.Dequeue();
            _count.Release();
            return _messages.Peek();
        }
    }
}
