namespace ActorBroker.Server.Cli.Client;

/// <summary>How the client of the command line reaches a cluster.</summary>
internal sealed record ClientSettings
{
    public required IReadOnlyList<BrokerAddress> Bootstrap { get; init; }

    public string ClientId { get; init; } = "actorbroker-cli";

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one request on one connection.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a call with all its retries.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Metadata older than this is asked for anew.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A longer response is refused, so that a port of another protocol does not look like a huge answer.</summary>
    public int MaxResponseBytes { get; init; } = 512 << 20;
}
