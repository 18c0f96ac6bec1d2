namespace ActorBroker.Network.Handlers;

/// <summary>KIP-430: operations as bits. Without an authorizer everybody may do everything that a resource knows.</summary>
internal static class AuthorizedOperations
{
    /// <summary>Not asked for.</summary>
    public const int Omitted = int.MinValue;

    /// <summary>read, write, create, delete, alter, describe, describe configs, alter configs.</summary>
    public const int Topic = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <summary>create, alter, describe, cluster action, describe configs, alter configs, idempotent write.</summary>
    public const int Cluster = (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);
}
