namespace ActorBroker.Storage;

public enum StorageLogLevel : byte
{
    Debug,
    Information,
    Warning,
    Error,
}

/// <summary>
/// Where the storage says what an operator should know; the composition root connects it to the node's logging. Any thread.
/// </summary>
public interface IStorageLog
{
    void Write(StorageLogLevel level, string message, Exception? error = null);
}
