using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>What all shards of a region have in common.</summary>
/// <param name="EntityProps">Recipe of an entity by its id.</param>
/// <param name="Extractor">Finds entity and payload of a message.</param>
/// <param name="HandOffStopMessage">Makes an entity stop itself.</param>
internal sealed record ShardBlueprint(Func<string, Props> EntityProps, IMessageExtractor Extractor, object HandOffStopMessage);
