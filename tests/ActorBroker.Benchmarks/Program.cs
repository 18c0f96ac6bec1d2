using ActorBroker.Benchmarks.Engine;
using ActorBroker.Benchmarks.Remote;

switch (args.FirstOrDefault())
{
    case "engine":
        return await EngineBenchmark.Run(args[1..]);
    case "remote":
        return await RemoteBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: engine [ping-pong|ask|start-stop] | remote [small|large|ask|loaded]");
        return 2;
}
