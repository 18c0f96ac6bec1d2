using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Holds the image that this node answers from. One publisher writes, any thread reads. Followers are called in order, one image after the
/// other and none left out of order; waiters are woken when the image has reached what they wait for.
///
/// Waiting races with publishing: a waiter adds itself under the lock and looks at the image again there, the publisher sets the image and
/// takes the waiters out under the same lock, so one of the two always sees the other.
/// </summary>
public sealed class MetadataPublisher : IMetadataSource, IMetadataSink
{
    private readonly Lock _lock = new();
    private readonly List<Action<MetadataImage>> _followers = [];
    private readonly List<(long Offset, TaskCompletionSource Reached)> _waiters = [];
    private volatile MetadataImage _current = MetadataImage.Empty;

    public MetadataImage Current => _current;

    long IMetadataSink.CommittedOffset => _current.Offset;

    void IMetadataSink.Recovered(MetadataImage image)
    {
        // Published with the first batch of the term: until then the controller does not answer.
    }

    void IMetadataSink.Ended()
    {
    }

    void IMetadataSink.Committed(IReadOnlyList<MetadataBatch> batches, MetadataImage image) => Publish(image);

    /// <summary>Replaces the image; one that is not newer is ignored.</summary>
    public void Publish(MetadataImage image)
    {
        List<TaskCompletionSource>? reached = null;
        lock (_lock)
        {
            if (image.Offset <= _current.Offset) return;
            _current = image;
            foreach (var follower in _followers) follower(image);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Offset > image.Offset) continue;
                (reached ??= []).Add(_waiters[i].Reached);
                _waiters.RemoveAt(i);
            }
        }
        if (reached is null) return;
        foreach (var waiter in reached) waiter.TrySetResult();
    }

    /// <summary>Calls <paramref name="follower"/> with the image as it is and with every later one, until what is returned is disposed; it
    /// must not block.</summary>
    public IDisposable Follow(Action<MetadataImage> follower)
    {
        lock (_lock)
        {
            _followers.Add(follower);
            if (_current.Offset >= 0) follower(_current);
        }

        return new Following(this, follower);
    }

    public async Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel)
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (_current.Offset >= offset) return true;
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((offset, reached));
        }
        try
        {
            await reached.Task.WaitAsync(limit, cancel).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return reached.Task.IsCompleted;
        }
        finally
        {
            lock (_lock) _waiters.RemoveAll(waiter => waiter.Reached == reached);
        }
    }

    private sealed class Following(MetadataPublisher publisher, Action<MetadataImage> follower) : IDisposable
    {
        public void Dispose()
        {
            lock (publisher._lock) publisher._followers.Remove(follower);
        }
    }
}
