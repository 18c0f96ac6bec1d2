using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>C# conditions on <c>version</c>, as short as the versions in which the surrounding structure occurs allow.</summary>
internal static class Conditions
{
    public const string Always = "true";
    public const string Never = "false";

    public static string Within(VersionRange range, VersionRange context)
    {
        if (range.Covers(context)) return Always;
        if (range.High < context.Low || range.Low > context.High) return Never;
        var low = range.Low > context.Low ? $"version >= {range.Low}" : "";
        var high = range.High < context.High ? $"version <= {range.High}" : "";
        return low.Length == 0 ? high : high.Length == 0 ? low : range.Low == range.High ? $"version == {range.Low}" : $"{low} && {high}";
    }

    public static string From(int first, VersionRange context) =>
        first < 0 ? Never : Within(new VersionRange(first, int.MaxValue), context);

    /// <summary>Whether null is allowed for a field that is there.</summary>
    public static string Nullable(FieldSchema field) =>
        field.Nullable is { } range ? Within(range, field.Versions) : Never;
}
