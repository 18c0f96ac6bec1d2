using System.Reflection;

namespace Akka.Util;

/// <summary>
/// The version of the application on a node: up to three numbers, then perhaps a qualifier (<c>1.2-RC1</c>) or the count of
/// commits since the tag (<c>1.0.0+3-73475dce26</c>). What is no number is compared as text. A version with a qualifier comes
/// before the same one without.
/// </summary>
public class AppVersion : IComparable<AppVersion>, IEquatable<AppVersion>
{
    public static readonly AppVersion Zero = new("0.0.0");

    private const string OfTheAssembly = "assembly-version";

    private readonly int[] _numbers = new int[4];
    private readonly string _rest;

    private AppVersion(string version)
    {
        Version = version;
        _rest = Read(version);
    }

    public string Version { get; }

    public static bool operator ==(AppVersion? first, AppVersion? second) => first is null ? second is null : first.Equals(second);

    public static bool operator !=(AppVersion? first, AppVersion? second) => !(first == second);

    /// <summary><c>assembly-version</c> stands for that of the program's own assembly.</summary>
    public static AppVersion Create(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (!version.Equals(OfTheAssembly, StringComparison.OrdinalIgnoreCase))
            return new AppVersion(version);
        var assembly = (Assembly.GetEntryAssembly() ?? typeof(AppVersion).Assembly).GetName().Version;
        return assembly is null ? Zero : new AppVersion($"{assembly.Major}.{assembly.Minor}.{assembly.Build}");
    }

    public int CompareTo(AppVersion? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] != other._numbers[i])
                return _numbers[i].CompareTo(other._numbers[i]);
        }
        if (_rest.Length == 0 || other._rest.Length == 0)
            return other._rest.Length.CompareTo(_rest.Length);
        return string.CompareOrdinal(_rest, other._rest);
    }

    public bool Equals(AppVersion? other) => other is not null && Version == other.Version;

    public override bool Equals(object? obj) => Equals(obj as AppVersion);

    public override int GetHashCode() => Version.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Version;

    private string Read(string version)
    {
        if (version.Length == 0)
            throw new ArgumentOutOfRangeException(nameof(version), "Empty version not supported.");
        var parts = version.Split('.');
        if (parts.Length > 3)
            throw new ArgumentOutOfRangeException(nameof(version), $"Only 3 digits separated with '.' are supported. [{version}]");
        if (parts.Length == 1)
            return int.TryParse(version, out _numbers[0]) ? "" : version;
        for (var i = 0; i < parts.Length - 1; i++)
            _numbers[i] = int.Parse(parts[i]);
        var last = parts[^1];
        var end = last.AsSpan().IndexOfAny('-', '+');
        _numbers[parts.Length - 1] = last.Length == 0 ? 0 : int.Parse(end < 0 ? last : last[..end]);
        if (end < 0)
            return "";
        var qualifier = last[(end + 1)..];
        var dash = qualifier.IndexOf('-');
        if (dash <= 0 || !int.TryParse(qualifier.AsSpan(0, dash), out var commits))
            return qualifier;
        _numbers[parts.Length] = commits;
        return qualifier[(dash + 1)..];
    }
}
