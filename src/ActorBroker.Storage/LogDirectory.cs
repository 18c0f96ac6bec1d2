namespace ActorBroker.Storage;

/// <summary>One directory of logs: lock, identity, checkpoints, offline state.</summary>
public sealed class LogDirectory
{
    private readonly string _path;

    internal LogDirectory(string path) => _path = path;

    public string Path => _path;
}
