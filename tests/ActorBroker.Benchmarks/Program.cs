using ActorBroker.Benchmarks.Cluster;
using ActorBroker.Benchmarks.Engine;
using ActorBroker.Benchmarks.Remote;
using ActorBroker.Benchmarks.Sharding;

switch (args.FirstOrDefault())
{
    case "engine":
        return await EngineBenchmark.Run(args[1..]);
    case "remote":
        return await RemoteBenchmark.Run(args[1..]);
    case "sharding":
        return await ShardingBenchmark.Run(args[1..]);
    case "cluster":
        return await FormationBenchmark.Run(args[1..]);
    case "saturate":
        return await SaturationBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: engine [ping-pong|ask|start-stop] | remote [small|large|ask|loaded] | cluster | saturate | sharding [ENTITIES]");
        return 2;
}
