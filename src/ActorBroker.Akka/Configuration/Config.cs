using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>
/// An immutable tree of settings, read by dotted path (quotes keep a dot inside a key). Substitutions are resolved when the text
/// is parsed, fallbacks are merged when they are added, so that reading only walks the tree. A path that is absent gives the
/// default; a value of the wrong form throws and names the path.
/// </summary>
public class Config
{
    public static readonly Config Empty = ConfigurationFactory.Empty;

    private readonly HoconValue _own;

    public Config()
        : this(new HoconValue(), new HoconValue(), null)
    {
    }

    public Config(HoconRoot root)
        : this(root.Value, root.Value, null)
    {
    }

    public Config(Config source, Config? fallback)
        : this(source._own, source.Root, fallback)
    {
    }

    private Config(HoconValue own, HoconValue root, Config? fallback)
    {
        _own = own;
        Root = root;
        Fallback = fallback;
    }

    public Config? Fallback { get; }

    public virtual HoconValue Root { get; }

    public virtual bool IsEmpty => Root.IsEmpty;

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static Config operator +(string configHocon, Config fallbackConfig) =>
        ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    /// <summary>True when the path is there, even if its value is <c>null</c>.</summary>
    public virtual bool HasPath(string path) => Find(path) is not null;

    public HoconValue? GetValue(string path) => Find(path);

    public virtual Config? GetConfig(string path) => Find(path) is { } value ? new Config(new HoconRoot(value)) : null;

    [return: NotNullIfNotNull(nameof(@default))]
    public virtual string? GetString(string path, string? @default = null) => Read(path, @default, static v => v.GetString()!);

    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, @default, static v => v.GetBoolean());

    public virtual int GetInt(string path, int @default = 0) => Read(path, @default, static v => v.GetInt());

    public virtual long GetLong(string path, long @default = 0) => Read(path, @default, static v => v.GetLong());

    public virtual float GetFloat(string path, float @default = 0) => Read(path, @default, static v => v.GetFloat());

    public virtual double GetDouble(string path, double @default = 0) => Read(path, @default, static v => v.GetDouble());

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Read(path, @default, static v => v.GetDecimal());

    /// <summary>Bytes: a number, or one with a unit (<c>128k</c> and <c>1 MiB</c> are powers of 1024, <c>1 MB</c> of 1000).</summary>
    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    public virtual long? GetByteSize(string path, long? def = null) => Read(path, def, static v => v.GetByteSize());

    /// <summary>A duration: milliseconds, a number with a unit, or (if allowed) <c>infinite</c>.</summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) => allowInfinite
        ? Read(path, @default.GetValueOrDefault(), static v => v.GetTimeSpan(true))
        : Read(path, @default.GetValueOrDefault(), static v => v.GetTimeSpan(false));

    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) =>
        Read<IList<string>>(path, defaultPaths, static v => v.GetStringList());

    public virtual IList<int> GetIntList(string path) => Read<IList<int>>(path, [], static v => v.GetIntList());

    public virtual IList<long> GetLongList(string path) => Read<IList<long>>(path, [], static v => v.GetLongList());

    /// <summary>This tree, and below it the fallback's: objects merge key by key, any other value here hides the fallback's.</summary>
    public virtual Config WithFallback(Config? fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("A configuration cannot be its own fallback", nameof(fallback));
        if (fallback is null || ReferenceEquals(fallback.Root, Root))
            return this;
        if (IsEmpty)
            return fallback;
        var below = Fallback is null ? fallback : Fallback.SafeWithFallback(fallback);
        return new Config(_own, Root.Over(fallback.Root), below);
    }

    /// <summary>The keys at the root with their merged values.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root.GetObject()?.Items ?? [];

    public override string ToString() => _own.ToString();

    /// <summary>The text of this configuration alone, or merged with its fallbacks.</summary>
    public string ToString(bool includeFallback) => includeFallback ? Root.ToString() : ToString();

    private HoconValue? Find(string path)
    {
        var node = Root;
        foreach (var key in HoconPath.Split(path))
        {
            if (node.GetChildObject(key) is not { } child)
                return null;
            node = child;
        }
        return node;
    }

    private T Read<T>(string path, T @default, Func<HoconValue, T> convert)
    {
        if (Find(path) is not { } value)
            return @default;
        try
        {
            return convert(value);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new OverflowException($"{path}: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new NotSupportedException($"{path}: {e.Message}", e);
        }
    }
}
