namespace ActorBroker.Server.Start;

/// <summary>What <c>actorbroker start</c> was told on the command line.</summary>
internal sealed record StartOptions
{
    /// <summary>One or more directories, separated by commas.</summary>
    public string? DataDirectories { get; init; }

    /// <summary><c>host:port</c> or Kafka's <c>NAME://host:port,…</c>.</summary>
    public string? Listen { get; init; }

    public string? Advertise { get; init; }
    public int? NodeId { get; init; }

    /// <summary><c>host:port</c> for the other nodes of a cluster; none for a node that stands alone.</summary>
    public string? ClusterListen { get; init; }

    public string? BulkListen { get; init; }

    /// <summary>Addresses separated by commas.</summary>
    public string? Seeds { get; init; }

    public string? ConfigFile { get; init; }
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
