using System.Collections.Concurrent;

namespace ActorBroker.Storage.Tests.Support;

/// <summary>Keeps what the storage said.</summary>
internal sealed class RecordingLog : IStorageLog
{
    public ConcurrentQueue<(StorageLogLevel Level, string Message)> Entries { get; } = new();

    public void Write(StorageLogLevel level, string message, Exception? error = null) => Entries.Enqueue((level, $"{message} {error}"));

    public bool Has(StorageLogLevel level, string part) => Entries.Any(entry => entry.Level == level && entry.Message.Contains(part, StringComparison.Ordinal));

    public override string ToString() => string.Join('\n', Entries.Select(entry => $"{entry.Level}: {entry.Message}"));
}
