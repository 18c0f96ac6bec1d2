namespace ActorBroker.Storage.Files;

/// <summary>
/// Bounds the descriptors of all logs of a node. Files open when they are first used; when more than the limit are open, a clock hand goes
/// round and closes the ones that nobody has leased and nobody used since its last visit. Leased files are never closed, so the limit may
/// be exceeded by what is in use at one moment. The one lock here is taken on opening and closing only.
/// </summary>
internal sealed class DescriptorCache(StorageFiles files, int openFilesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<CachedFile> _clock = new();
    private int _open;

    public StorageFiles Files => files;
    public int OpenCount => Volatile.Read(ref _open);

    public CachedFile Add(string path, FileOpening opening) => new(this, path, opening);

    public StorageFile OpenFile(string path, FileOpening opening)
    {
        try
        {
            return files.Open(path, opening);
        }
        catch (LogIoException error) when (error.Errno == Posix.Emfile)
        {
            // Somebody else holds what the limit promised us: give half of ours back and try once more.
            Evict(OpenCount / 2);
            return files.Open(path, opening);
        }
    }

    public void OnOpened(CachedFile file)
    {
        Interlocked.Increment(ref _open);
        lock (_gate)
        {
            _clock.Enqueue(file);
            if (_clock.Count > (2 * OpenCount) + 64) ForgetClosed();
        }
        var excess = OpenCount - openFilesMax;
        if (excess > 0) Evict(excess);
    }

    public void OnClosed() => Interlocked.Decrement(ref _open);

    // Files of deleted segments close without a visit of the hand; every now and then they are swept out of the queue.
    private void ForgetClosed()
    {
        for (var i = _clock.Count; i > 0; i--)
        {
            var file = _clock.Dequeue();
            if (!file.IsClosed) _clock.Enqueue(file);
        }
    }

    private void Evict(int count)
    {
        int visits;
        lock (_gate) visits = _clock.Count * 2;
        while (count > 0 && visits-- > 0)
        {
            CachedFile? candidate;
            lock (_gate)
                if (!_clock.TryDequeue(out candidate)) return;
            if (candidate.IsRecentlyUsed) candidate.IsRecentlyUsed = false;
            else if (candidate.TryClose())
            {
                count--;
                continue;
            }
            else if (candidate.IsClosed) continue;
            lock (_gate) _clock.Enqueue(candidate);
        }
    }
}
