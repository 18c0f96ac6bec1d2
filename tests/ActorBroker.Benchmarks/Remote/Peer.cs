using Akka.Actor;

namespace ActorBroker.Benchmarks.Remote;

/// <summary>The other process: says where it listens, receives and answers until its input ends.</summary>
internal static class Peer
{
    public static async Task<int> Run()
    {
        using var system = ActorSystem.Create("peer", Settings.Config);
        system.ActorOf(Props.Create(() => new Sink()), "sink");
        system.ActorOf(Props.Create(() => new Echo()), "echo");
        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        await Task.Run(Console.In.ReadToEnd);
        return 0;
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Sink : UntypedActor
    {
        private int _received;

        protected override void OnReceive(object message)
        {
            if (message is "reset")
                _received = 0;
            else if (++_received % Flood.Step == 0)
                Sender.Tell(_received, Self);
        }
    }
}
