using System.Text;
using ActorBroker.Protocol;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// The frame of Kafka's checkpoint files, all of them text: a line with the format version (0), a line with the number of entries, then one
/// entry per line. A count that disagrees with the lines means a damaged file, and the whole file is refused: a checkpoint is all or
/// nothing.
/// </summary>
internal static class CheckpointText
{
    private const string Version = "0";

    public static byte[] Write<T>(IReadOnlyCollection<T> entries, Action<StringBuilder, T> writeEntry)
    {
        var text = new StringBuilder(16 + (entries.Count * 32));
        text.Append(Version).Append('\n').Append(entries.Count).Append('\n');
        foreach (var entry in entries)
        {
            writeEntry(text, entry);
            text.Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <exception cref="WireFormatException">Another version, a wrong count or a line that <paramref name="readEntry"/>
    /// refuses.</exception>
    public static List<T> Read<T>(byte[] content, string name, Func<string, T?> readEntry)
        where T : struct
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries);
        var used = lines.Length;
        while (used > 0 && lines[used - 1].Length == 0) used--;
        if (used < 2 || lines[0] != Version) throw new WireFormatException($"{name}: not a checkpoint of version {Version}");
        if (!int.TryParse(lines[1], out var count) || count != used - 2)
            throw new WireFormatException($"{name}: {lines[1]} entries announced, {used - 2} found");
        var entries = new List<T>(count);
        for (var i = 2; i < used; i++)
            entries.Add(readEntry(lines[i]) ?? throw new WireFormatException($"{name}: line {i + 1} is malformed: '{lines[i]}'"));
        return entries;
    }
}
