using System.CommandLine;
using ActorBroker.Server.Cli;
using ActorBroker.Server.Start;

// Continuations of socket operations run where they complete; measured: a third less CPU per round trip. Read once, when the first
// socket is made.
if (Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS") is null)
    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

if (args.Length == 0) return await StartCommand.RunAsync(new StartOptions());

// A node answers signals itself and takes the time that closing its logs takes; the other commands are interrupted at once.
var configuration = args[0] is "start" or "dev" ? new InvocationConfiguration { ProcessTerminationTimeout = null } : new InvocationConfiguration();
return await CommandLine.RunAsync(CommandLine.Build([StartCommand.Build(), DevCommand.Build()]), args, configuration);
