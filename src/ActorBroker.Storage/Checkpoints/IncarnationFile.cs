using System.Globalization;
using System.Text;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// <c>actorbroker.incarnation</c>, beside the journal: the incarnation (Kafka's broker epoch) of the node's last life, as a decimal number.
/// The controller refuses one that is lower than the registered one, so incarnations have to rise for each node, also when its wall clock was
/// set back: a life takes the clock's milliseconds, or one more than the last life where the clock says less. It is on the disk before it is used.
/// </summary>
public static class IncarnationFile
{
    public const string FileName = "actorbroker.incarnation";

    /// <summary>The incarnation of the life that begins now, and of no other.</summary>
    /// <param name="directory">Where the file is; the caller holds its lock.</param>
    /// <param name="wallMs">The wall clock, in milliseconds since 1970.</param>
    /// <param name="known">The highest incarnation that is known from elsewhere, or 0.</param>
    /// <exception cref="WireFormatException">The file does not hold a number.</exception>
    public static long Next(string directory, long wallMs, long known = 0) => Next(new SystemStorageFiles(), directory, wallMs, known);

    internal static long Next(StorageFiles files, string directory, long wallMs, long known)
    {
        var path = Path.Combine(directory, FileName);
        var last = Math.Max(known, files.FileExists(path) ? Parse(path, Encoding.UTF8.GetString(files.ReadAll(path))) : 0);
        var next = Math.Max(last + 1, wallMs);
        files.Replace(path, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{next}\n")));
        return next;
    }

    private static long Parse(string path, string text)
    {
        if (long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < long.MaxValue) return last;
        throw new WireFormatException(
            $"{path} holds '{text.Trim()}', not the number of the node's last life: delete the file, the next life is numbered by the clock then");
    }
}
