using Akka.Actor;

namespace ActorBroker.Benchmarks.Engine;

/// <summary>Asks from outside of any actor, with a time limit, a number of them side by side.</summary>
internal static class Asks
{
    private static readonly object Question = new();

    public static async Task<long> Run(ActorSystem system, int asks, int outstanding)
    {
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        var each = asks / outstanding;
        await Task.WhenAll(Enumerable.Range(0, outstanding).Select(_ => Task.Run(() => AskInTurn(echo, each))));
        system.Stop(echo);
        return (long)each * outstanding;
    }

    private static async Task AskInTurn(IActorRef echo, int count)
    {
        for (var i = 0; i < count; i++)
            await echo.Ask<object>(Question, TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
