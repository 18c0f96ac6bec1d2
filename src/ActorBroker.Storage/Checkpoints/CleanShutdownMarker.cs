using System.Text;
using System.Text.Json;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// The file <c>.kafka_cleanshutdown</c>: there only while nobody runs on the directory, written last and removed first (KAFKA-10471).
/// Content is JSON with the broker epoch of the run that wrote it (KIP-966).
/// </summary>
internal static class CleanShutdownMarker
{
    public const string FileName = ".kafka_cleanshutdown";

    /// <summary>The epoch in the marker, -1 when the marker has none; null without a marker.</summary>
    public static long? Read(StorageFiles files, string path)
    {
        if (!files.FileExists(path)) return null;
        try
        {
            using var json = JsonDocument.Parse(files.ReadAll(path));
            return json.RootElement.TryGetProperty("brokerEpoch", out var epoch) && epoch.TryGetInt64(out var value) ? value : -1;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    public static void Write(StorageFiles files, string path, long brokerEpoch) =>
        files.Replace(path, Encoding.UTF8.GetBytes($$"""{"version":0,"brokerEpoch":{{brokerEpoch}}}"""));
}
