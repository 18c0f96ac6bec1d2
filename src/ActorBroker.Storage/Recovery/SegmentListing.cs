using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Recovery;

/// <summary>
/// Reads a partition's directory and finishes what a stop in the middle of a change left there.
///
/// <c>.deleted</c>, <c>.cleaned</c> and <c>.tmp</c> are worthless. A segment whose log is there as <c>.swap</c> is the whole result of a
/// cleaning, and what it replaces may be there in part: segments that begin within its range go, then it gets its name. But when a
/// <c>.cleaned</c> file is there too, the cleaning had not made all its files complete: its swaps at or above that one go (KAFKA-6264), and
/// the originals are still whole.
/// </summary>
internal sealed class SegmentListing
{
    private readonly PartitionFiles _files;
    private readonly List<long> _segments = [];
    private readonly List<long> _snapshots = [];
    private readonly List<long> _swaps = [];
    private readonly HashSet<string> _names = [];

    private SegmentListing(PartitionFiles files) => _files = files;

    public bool HasMetadata { get; private set; }

    /// <summary>Base offsets, ascending.</summary>
    public IReadOnlyList<long> Segments => _segments;

    public List<long> Snapshots => _snapshots;

    public static SegmentListing Read(PartitionFiles files)
    {
        var listing = new SegmentListing(files);
        listing.Collect();
        listing.FinishSwaps();
        listing._segments.Sort();
        listing._snapshots.Sort();
        listing.RemoveOrphans();
        return listing;
    }

    private void Collect()
    {
        var cleanedMin = long.MaxValue;
        foreach (var name in _files.Files.List(_files.Path))
        {
            if (name == Checkpoints.PartitionMetadataFile.FileName) HasMetadata = true;
            if (!SegmentNames.TryParse(name, out var baseOffset, out var suffix))
            {
                if (name.EndsWith(SegmentNames.Temporary, StringComparison.Ordinal)) _files.Files.Delete(_files.Of(name));
                continue;
            }
            if (suffix.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal))
            {
                cleanedMin = Math.Min(cleanedMin, baseOffset);
                _files.Files.Delete(_files.Of(name));
            }
            else if (suffix.EndsWith(SegmentNames.Deleted, StringComparison.Ordinal) ||
                     suffix.EndsWith(SegmentNames.Temporary, StringComparison.Ordinal))
            {
                _files.Files.Delete(_files.Of(name));
            }
            else if (suffix == SegmentNames.Log + SegmentNames.Swap)
            {
                _swaps.Add(baseOffset);
            }
            else
            {
                Keep(name, baseOffset, suffix);
            }
        }
        foreach (var swap in _swaps.FindAll(swap => swap >= cleanedMin))
            foreach (var kind in SegmentNames.SegmentSuffixes) _files.Files.Delete(_files.Of(swap, kind + SegmentNames.Swap));
        _swaps.RemoveAll(swap => swap >= cleanedMin);
    }

    private void Keep(string name, long baseOffset, string suffix)
    {
        _names.Add(name);
        if (suffix == SegmentNames.Log) _segments.Add(baseOffset);
        else if (suffix == SegmentNames.Snapshot) _snapshots.Add(baseOffset);
    }

    private void FinishSwaps()
    {
        foreach (var swap in _swaps)
        {
            var cleaned = new LogSegment(_files, swap, SegmentNames.Swap);
            var end = cleaned.ReadEndOffset();
            foreach (var replaced in _segments.FindAll(other => other >= swap && other < Math.Max(end, swap + 1)))
                foreach (var kind in SegmentNames.SegmentSuffixes) _files.Files.Delete(_files.Of(replaced, kind));
            _segments.RemoveAll(other => other >= swap && other < Math.Max(end, swap + 1));
            cleaned.ChangeSuffix(SegmentNames.Swap, "");
            cleaned.DropFiles();
            _segments.Add(swap);
            foreach (var kind in SegmentNames.SegmentSuffixes) _names.Add(SegmentNames.Of(swap, kind));
        }
    }

    private void RemoveOrphans()
    {
        foreach (var name in _names)
        {
            if (!SegmentNames.TryParse(name, out var baseOffset, out var suffix)) continue;
            var isIndex = suffix is SegmentNames.OffsetIndex or SegmentNames.TimeIndex or SegmentNames.TransactionIndex;
            if (isIndex && _segments.BinarySearch(baseOffset) < 0)
                _files.Files.Delete(_files.Of(name));
        }
    }
}
