namespace ActorBroker.Core.Ports;

/// <summary>
/// The levels of this node's loggers while it runs (KIP-412). They are this process' alone and gone with it. Names with dots inherit from
/// what stands before the dot, and all from <see cref="Root"/>. Levels go by Kafka's names.
/// </summary>
public interface ILoggerLevels
{
    const string Root = "root";

    /// <summary>Every logger with the level that counts for it.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Describe();

    bool Exists(string logger);

    /// <summary>Takes effect at once. Null lets the logger inherit again.</summary>
    void Set(string logger, string? level);
}
