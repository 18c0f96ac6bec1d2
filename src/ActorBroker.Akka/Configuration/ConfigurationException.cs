using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration is malformed, or lacks what its reader needs.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception? exception)
        : base(message, exception)
    {
    }

    /// <summary>The error for a <typeparamref name="T"/> whose section (at <paramref name="path"/>) is missing or empty.</summary>
    public static ConfigurationException NullOrEmptyConfig<T>(string? path = null) => new(
        string.IsNullOrWhiteSpace(path)
            ? $"Cannot make a {typeof(T).Name}: its configuration is null or empty"
            : $"Cannot make a {typeof(T).Name}: the configuration has no section `{path}`");
}
