using System.Collections.Concurrent;

namespace Akka.Util;

/// <summary>
/// Types by the names that configurations use. The engine's own are found by full name alone or with the name of the
/// package that has them elsewhere (<c>Akka</c>, <c>Akka.Persistence</c>, <c>Akka.TestKit</c>).
/// </summary>
internal static class TypeNames
{
    private static readonly ConcurrentDictionary<string, Type?> Known = new();

    public static Type? Find(string name) => Known.GetOrAdd(name.Trim(), static text =>
    {
        if (Type.GetType(text) is { } type)
            return type;
        var comma = text.IndexOf(',');
        var fullName = comma < 0 ? text : text[..comma].TrimEnd();
        if (fullName.StartsWith("Akka.TestKit.", StringComparison.Ordinal))
            return Type.GetType($"{fullName}, ActorBroker.Akka.TestKit");
        return fullName.StartsWith("Akka.", StringComparison.Ordinal) ? typeof(TypeNames).Assembly.GetType(fullName) : null;
    });

    /// <summary>Full name and assembly, without the version: it must not change with a release.</summary>
    public static string Qualified(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
