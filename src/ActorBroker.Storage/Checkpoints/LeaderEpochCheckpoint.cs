using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>A leader epoch and the first offset written (or to be written) under it.</summary>
public readonly record struct LeaderEpochEntry(int Epoch, long StartOffset);

/// <summary>The file <c>leader-epoch-checkpoint</c> of a partition: a line <c>epoch offset</c> per epoch, ascending.</summary>
internal static class LeaderEpochCheckpoint
{
    public const string FileName = "leader-epoch-checkpoint";

    /// <exception cref="Protocol.WireFormatException">The file is damaged: the log itself has to tell the epochs.</exception>
    public static List<LeaderEpochEntry> Read(StorageFiles files, string path) => CheckpointText.Read(files.ReadAll(path), path, ParseLine);

    public static byte[] Write(IReadOnlyCollection<LeaderEpochEntry> entries) =>
        CheckpointText.Write(entries, static (text, entry) => text.Append(entry.Epoch).Append(' ').Append(entry.StartOffset));

    private static LeaderEpochEntry? ParseLine(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2 && int.TryParse(parts[0], out var epoch) && long.TryParse(parts[1], out var offset)
            ? new LeaderEpochEntry(epoch, offset)
            : null;
    }
}
