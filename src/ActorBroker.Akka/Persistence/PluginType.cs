using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>
/// Types that a configuration names. A name with one of Akka.NET's assemblies means the type of that name in this one, so that
/// the same configuration serves both engines.
/// </summary>
internal static class PluginType
{
    public static Type Resolve(string name, string key)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentException($"{key} names no class");
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        var own = comma < 0 || name.AsSpan(comma + 1).Trim().StartsWith("Akka", StringComparison.Ordinal)
            ? typeof(PluginType).Assembly.GetType(comma < 0 ? name : name[..comma].Trim())
            : null;
        return own ?? Type.GetType(name) ?? throw new ConfigurationException($"{key} names `{name}`, which is no class that can be loaded");
    }
}
