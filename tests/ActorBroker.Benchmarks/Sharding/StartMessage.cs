namespace ActorBroker.Benchmarks.Sharding;

internal sealed record StartMessage(string Shard, string Entity);
