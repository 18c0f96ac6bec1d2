using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// What the cache decided for a request: an error, an existing session to go on with, a new one, or none at all (the default value).
/// </summary>
internal readonly record struct FetchSessionGrant(ErrorCode Error, FetchSession? Session, bool IsIncremental);
