using ActorBroker.Core.Ports;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// What a log shows its readers; any thread. A read is planned from the tail's memory when it starts there, else from segment files: the
/// offset index gives a place nearby, batch headers are walked from there, and the end is pulled back to a whole batch below the bound.
///
/// Races: segments are an immutable array, and a new one is published before the files of the old one are dropped. A leased file stays open
/// whatever becomes of its name; a reader that is too late for a lease fails to open, sees another array and plans again.
/// </summary>
internal sealed class LogReader(LogState state) : ILogView
{
    private const int SegmentsPerPlanMax = 8;

    public long LogStartOffset => state.LogStart;
    public long HighWatermark => state.HighWatermark;
    public long LogEndOffset => state.LogEnd;

    public long LastStableOffset
    {
        get
        {
            var unstable = state.FirstUnstable;
            if (unstable == LogState.NotLoaded)
            {
                ProducerLoader.EnsureLoaded(state);
                unstable = state.FirstUnstable;
            }
            var highWatermark = state.HighWatermark;
            return unstable < 0 ? highWatermark : Math.Min(highWatermark, Math.Max(unstable, state.LogStart));
        }
    }

    public int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        upperBound = Math.Min(upperBound, state.LogEnd);
        if (offset >= upperBound)
        {
            state.TailForReader().NoteInterest();
            return 0;
        }
        if (maxBytes <= 0 && !firstBatchWhole) return 0;
        if (state.Tail is { } tail)
        {
            var planned = tail.Plan(offset, upperBound, maxBytes, firstBatchWhole, slices);
            if (planned >= 0)
            {
                tail.NoteInterest();
                return planned;
            }
        }
        return PlanFiles(offset, upperBound, maxBytes, firstBatchWhole, slices);
    }

    public void CollectAborted(long offset, long upperBound, List<AbortedTransaction> aborted)
    {
        var kept = aborted.Count;
        while (true)
        {
            var segments = state.Segments;
            try
            {
                for (var i = Math.Max(0, LogState.Floor(segments, offset)); i < segments.Length; i++)
                    if (segments[i].Collect(offset, upperBound, aborted)) return;
                return;
            }
            catch (LogIoException) when (state.HasOtherSegments(segments))
            {
                aborted.RemoveRange(kept, aborted.Count - kept);
            }
        }
    }

    private int PlanFiles(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        var kept = slices.Count;
        while (true)
        {
            var segments = state.Segments;
            try
            {
                return PlanSegments(segments, offset, upperBound, maxBytes, firstBatchWhole, slices);
            }
            catch (LogIoException) when (state.HasOtherSegments(segments))
            {
                Forget(slices, kept);
                if (offset < state.LogStart) return 0;
            }
        }
    }

    private static void Forget(List<ReadSlice> slices, int kept)
    {
        while (slices.Count > kept)
        {
            slices[^1].Release();
            slices.RemoveAt(slices.Count - 1);
        }
    }

    private int PlanSegments(
        LogSegment[] segments, long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        var planned = 0;
        var number = Math.Max(0, LogState.Floor(segments, offset));
        for (var visited = 0; number < segments.Length && visited < SegmentsPerPlanMax; number++, visited++)
        {
            var segment = segments[number];
            if (segment.BaseOffset >= upperBound) break;
            // One lease for the look-up and the slice: what has been looked up is what will be read.
            var file = segment.Log;
            file.Acquire();
            var isTaken = false;
            try
            {
                var start = visited == 0 ? segment.Locate(offset) : 0;
                var size = segment.Size;
                if (start >= size) continue;
                var end = FindEnd(segments, number, start, upperBound, maxBytes - planned, firstBatchWhole && planned == 0);
                if (end > start)
                {
                    slices.Add(new ReadSlice(file, start, (int)(end - start)));
                    isTaken = true;
                    planned += (int)(end - start);
                }
                if (end < size) return planned;
            }
            finally
            {
                if (!isTaken) file.Release();
            }
        }
        // The reader has everything there is: it will wait at the end.
        if (number == segments.Length) state.TailForReader().NoteInterest();
        return planned;
    }

    private static long FindEnd(LogSegment[] segments, int number, long start, long upperBound, int maxBytes, bool firstBatchWhole)
    {
        var segment = segments[number];
        var size = segment.Size;
        // The last segment grows while it is read, so its size says nothing about the bound: there the boundary is always looked for.
        var isWhole = number + 1 < segments.Length && upperBound >= segments[number + 1].BaseOffset;
        if (isWhole && size - start <= maxBytes) return size;
        var end = segment.BoundaryBefore(start, Math.Min(size, start + Math.Max(maxBytes, 0)), upperBound, out var firstEnd);
        if (end > start || !firstBatchWhole || firstEnd < 0) return end;
        return firstEnd;
    }
}
