using System.Globalization;

namespace ActorBroker.Storage.Segments;

/// <summary>
/// The names of the files of one segment: its base offset in 20 digits and a suffix. A second suffix marks a file on its way in
/// (<c>.cleaned</c>: being written, worthless after a crash; <c>.swap</c>: complete, to be finished after a crash) or out (<c>.deleted</c>:
/// to be unlinked after the delete delay).
/// </summary>
internal static class SegmentNames
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string Snapshot = ".snapshot";
    public const string Cleaned = ".cleaned";
    public const string Swap = ".swap";
    public const string Deleted = ".deleted";
    public const string Temporary = ".tmp";

    public static readonly string[] SegmentSuffixes = [Log, OffsetIndex, TimeIndex, TransactionIndex];

    private const int Digits = 20;

    public static string Of(long baseOffset, string suffix) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    /// <summary>Splits a name into base offset and suffixes; false for files that belong to no segment.</summary>
    public static bool TryParse(string name, out long baseOffset, out string suffix)
    {
        suffix = "";
        baseOffset = -1;
        if (name.Length <= Digits || name[Digits] != '.') return false;
        if (!long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset)) return false;
        suffix = name[Digits..] switch
        {
            Log => Log,
            OffsetIndex => OffsetIndex,
            TimeIndex => TimeIndex,
            TransactionIndex => TransactionIndex,
            Snapshot => Snapshot,
            _ => name[Digits..],
        };
        return true;
    }
}
