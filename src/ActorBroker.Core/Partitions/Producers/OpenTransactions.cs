namespace ActorBroker.Core.Partitions.Producers;

/// <summary>
/// What holds the last stable offset back (R27): transactions that are open, by first offset, and completed ones whose marker has not
/// been replicated yet, by first offset with the marker's offset. A completed transaction lets go only when the high watermark is past its
/// marker.
/// </summary>
internal sealed class OpenTransactions
{
    private readonly SortedSet<long> _open = [];
    private readonly SortedList<long, long> _unreplicated = [];

    /// <summary>-1 when nothing is open.</summary>
    public long FirstOpen => _open.Count > 0 ? _open.Min : -1;

    /// <summary>The smallest first offset of both kinds, -1 when there is none.</summary>
    public long FirstUnstable
    {
        get
        {
            var open = FirstOpen;
            if (_unreplicated.Count == 0) return open;
            var completed = _unreplicated.GetKeyAtIndex(0);
            return open < 0 ? completed : Math.Min(open, completed);
        }
    }

    public void Open(long firstOffset) => _open.Add(firstOffset);

    public void Complete(long firstOffset, long markerOffset)
    {
        _open.Remove(firstOffset);
        _unreplicated[firstOffset] = markerOffset;
    }

    public void ReleaseBelow(long highWatermark)
    {
        for (var i = _unreplicated.Count - 1; i >= 0; i--)
            if (_unreplicated.GetValueAtIndex(i) < highWatermark) _unreplicated.RemoveAt(i);
    }
}
