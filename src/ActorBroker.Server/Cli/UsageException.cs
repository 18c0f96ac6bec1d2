namespace ActorBroker.Server.Cli;

/// <summary>What was asked for makes no sense as it stands; the command line is to blame, not the cluster.</summary>
internal sealed class UsageException(string message) : Exception(message);
