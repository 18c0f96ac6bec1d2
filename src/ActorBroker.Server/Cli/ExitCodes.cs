namespace ActorBroker.Server.Cli;

/// <summary>What scripts may rely on.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C before it was done (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
