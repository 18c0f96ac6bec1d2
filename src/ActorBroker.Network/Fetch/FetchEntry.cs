using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>A partition as a fetch request names it. Epochs are -1 where the client gave none.</summary>
internal readonly record struct FetchEntry(
    int Topic, int Partition, long FetchOffset, int MaxBytes, int CurrentLeaderEpoch, int LastFetchedEpoch);

/// <summary>A topic as a fetch request names it: a place in the frame, or an id.</summary>
internal readonly record struct FetchTopicEntry(int NameStart, int NameLength, Uuid Id);
