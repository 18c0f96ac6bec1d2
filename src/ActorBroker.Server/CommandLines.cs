using System.CommandLine;
using ActorBroker.Server.Start;

namespace ActorBroker.Server;

/// <summary>The commands of the executable.</summary>
internal static class CommandLines
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("ActorBroker: a distributed event broker that speaks Kafka's wire protocol.") { StartCommand.Build() };
        return root.Parse(args).InvokeAsync();
    }
}
