namespace ActorBroker.Storage;

/// <summary>A second start on a directory that a running process holds.</summary>
public sealed class LogDirectoryLockedException(string directory, Exception inner)
    : IOException(
        $"The data directory {directory} is locked: another broker is running on it. Stop that one, or give this one a directory of its own.",
        inner)
{
    public string Directory { get; } = directory;
}
