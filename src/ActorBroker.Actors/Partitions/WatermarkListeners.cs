using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// Who wants to hear of this partition's watermark. Copy on write: the partition's thread walks the array without a lock, and a listener
/// that
/// subscribes while a walk is under way reads the watermark itself afterwards, so it misses nothing.
/// </summary>
internal sealed class WatermarkListeners
{
    private readonly object _gate = new();
    private (IWatermarkListener Listener, int Tag)[] _all = [];
    private bool _closed;

    public void Add(IWatermarkListener listener, int tag)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Volatile.Write(ref _all, [.. _all, (listener, tag)]);
                return;
            }
        }

        listener.OnClosed(tag);
    }

    public void Remove(IWatermarkListener listener, int tag)
    {
        lock (_gate)
        {
            var at = Array.FindIndex(_all, entry => ReferenceEquals(entry.Listener, listener) && entry.Tag == tag);
            if (at < 0) return;
            var left = new (IWatermarkListener, int)[_all.Length - 1];
            Array.Copy(_all, left, at);
            Array.Copy(_all, at + 1, left, at, left.Length - at);
            Volatile.Write(ref _all, left);
        }
    }

    public void Advanced()
    {
        foreach (var (listener, tag) in Volatile.Read(ref _all)) listener.OnAdvanced(tag);
    }

    public void Close()
    {
        (IWatermarkListener Listener, int Tag)[] all;
        lock (_gate)
        {
            _closed = true;
            all = _all;
            _all = [];
        }

        foreach (var (listener, tag) in all) listener.OnClosed(tag);
    }
}
