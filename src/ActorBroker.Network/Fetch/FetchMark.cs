namespace ActorBroker.Network.Fetch;

/// <summary>At this position of the written bytes the plan's slices from <paramref name="FirstSlice"/> on are to be sent.</summary>
internal readonly record struct FetchMark(int Position, int FirstSlice, int SliceCount);
