using Akka.Util;

namespace Akka.Cluster.Sharding;

[Obsolete("Use HashCodeMessageExtractor or IMessageExtractor instead.")]
public delegate string ExtractShardId(object message);

[Obsolete("Use HashCodeMessageExtractor or IMessageExtractor instead.")]
public delegate Option<(string, object)> ExtractEntityId(object message);
