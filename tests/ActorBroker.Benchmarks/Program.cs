using ActorBroker.Benchmarks.Engine;

switch (args.FirstOrDefault())
{
    case "engine":
        return await EngineBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: engine [ping-pong|ask|start-stop]");
        return 2;
}
