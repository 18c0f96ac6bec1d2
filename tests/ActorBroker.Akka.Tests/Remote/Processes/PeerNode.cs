using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote.Processes;

/// <summary>
/// Another process: a system with an actor that echoes, one that swallows, and one that floods whom it is told. It says its
/// address first, then each quarantine that it learns of, and ends with its input.
/// </summary>
internal static class PeerNode
{
    public static async Task<int> Run(string[] arguments)
    {
        var config = ConfigurationFactory.ParseString(await File.ReadAllTextAsync(arguments[0]));
        var system = ActorSystem.Create("peer", config);
        system.ActorOf(FunctionActor.Props(static (context, message) => context.Sender.Tell(message, context.Self)), "echo");
        system.ActorOf(FunctionActor.Props(static (_, _) => { }), "sink");
        system.ActorOf(FunctionActor.Props(Flood), "flood");
        var speaker = system.ActorOf(FunctionActor.Props(static (_, message) => Console.WriteLine(message.GetType().Name)));
        system.EventStream.Subscribe(speaker, typeof(ThisActorSystemQuarantinedEvent));
        system.EventStream.Subscribe(speaker, typeof(QuarantinedEvent));
        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        await Task.Run(Console.In.ReadToEnd);
        await system.Terminate();
        return 0;
    }

    /// <summary>Sends what it gets back a hundred times, until nobody sends any more.</summary>
    private static void Flood(IActorContext context, object message)
    {
        for (var i = 0; i < 100; i++)
            context.Sender.Tell(message, context.Self);
    }
}
