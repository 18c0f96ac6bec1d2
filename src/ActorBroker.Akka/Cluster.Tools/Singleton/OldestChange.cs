namespace Akka.Cluster.Tools.Singleton;

/// <summary>Another member has become the oldest; null is nobody.</summary>
internal sealed record OldestChange(UniqueAddress? Oldest, UniqueAddress? Previous);
