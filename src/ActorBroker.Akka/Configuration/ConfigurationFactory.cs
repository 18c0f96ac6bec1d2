using System.Reflection;
using System.Text.Json;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Makes <see cref="Config"/>s from HOCON text, resources and objects.</summary>
public class ConfigurationFactory
{
    private const string ReferenceResource = "Akka.Configuration.akka.conf";

    public static Config Empty => new(new HoconRoot(new HoconValue()));

    /// <summary>The engine's own reference configuration, which stands under every actor system's.</summary>
    public static Config Default() => FromResource(ReferenceResource, typeof(ConfigurationFactory).Assembly);

    /// <summary>The configuration of an actor system that was given none. There is no app.config here, so it is empty.</summary>
    public static Config Load() => Empty;

    /// <exception cref="FormatException">The text is malformed; the message names line and column.</exception>
    public static Config ParseString(string hocon) => ParseString(hocon, null);

    /// <param name="hocon">HOCON text.</param>
    /// <param name="includeCallback">Gets the argument of an <c>include</c>, returns that document, parsed by <see cref="Parser"/>.</param>
    /// <exception cref="FormatException">The text is malformed; the message names line and column.</exception>
    public static Config ParseString(string hocon, Func<string, HoconRoot>? includeCallback) =>
        new(Parser.Parse(hocon, includeCallback));

    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        FromResource(resourceName, instanceInAssembly as Assembly ?? (instanceInAssembly as Type ?? instanceInAssembly.GetType()).Assembly);

    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new ConfigurationException($"Assembly {assembly.GetName().Name} has no resource `{resourceName}`");
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }

    /// <summary>The public properties of an object, nested ones as objects, as a configuration.</summary>
    public static Config FromObject(object source) => ParseString(JsonSerializer.Serialize(source));
}
