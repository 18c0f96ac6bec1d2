using System.Text;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// Place of an actor in its system's tree. Two paths are equal when address and names are; the uid, which tells
/// incarnations of one name apart, is not compared here but by references.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>, ISurrogated
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private int _hash;

    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
    }

    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        Address = parentPath.Address;
        ParentOrNull = parentPath;
        Name = name;
        Uid = uid;
        Depth = parentPath.Depth + 1;
    }

    public Address Address { get; }

    public int Depth { get; }

    public string Name { get; }

    public long Uid { get; }

    public ActorPath Parent => ParentOrNull ?? this;

    public ActorPath Root => ParentOf(0);

    public IReadOnlyList<string> Elements
    {
        get
        {
            var names = new string[Depth];
            var path = this;
            for (var i = Depth - 1; i >= 0; i--, path = path.ParentOrNull!)
                names[i] = path.Name;
            return names;
        }
    }

    internal ActorPath? ParentOrNull { get; }

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(n => n.Length > 0).Aggregate(path, (p, n) => p / n);

    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    /// <summary>Letters, digits, percent escapes and <see cref="ValidSymbols"/>, not beginning with <c>$</c>.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(s[i]) || ValidSymbols.Contains(s[i]))
                continue;
            if (s[i] != '%' || i + 2 >= s.Length || !char.IsAsciiHexDigit(s[i + 1]) || !char.IsAsciiHexDigit(s[i + 2]))
                return false;
            i += 2;
        }
        return true;
    }

    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join('/', pathElements);

    public static ActorPath Parse(string path) => TryParse(path, out var result)
        ? result!
        : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath? actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var rest))
            return false;
        actorPath = new RootActorPath(address!);
        var names = rest!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            var hash = name.IndexOf('#');
            if (hash < 0)
                actorPath /= name;
            else if (long.TryParse(name.AsSpan(hash + 1), out var uid))
                actorPath = new ChildActorPath(actorPath, name[..hash], uid);
            else
                return false;
        }
        return true;
    }

    public static bool TryParseAddress(string path, out Address? address) => Address.TryParse(path, out address);

    public ActorPath Child(string childName)
    {
        var hash = childName.IndexOf('#');
        return hash < 0
            ? new ChildActorPath(this, childName, ActorCell.UndefinedUid)
            : new ChildActorPath(this, childName[..hash], long.Parse(childName.AsSpan(hash + 1)));
    }

    public ActorPath WithUid(long uid) => uid == Uid || ParentOrNull is null ? this : new ChildActorPath(ParentOrNull, Name, uid);

    public ActorPath ParentOf(int depth)
    {
        var path = this;
        while (path.Depth > (depth < 0 ? Depth + depth : depth) && path.ParentOrNull is { } parent)
            path = parent;
        return path;
    }

    public string ToStringWithoutAddress()
    {
        if (Depth == 0)
            return Name;
        var text = new StringBuilder();
        AppendNames(text);
        return text.ToString();
    }

    public override string ToString() => ToStringWithAddress();

    public string ToStringWithAddress() => ToStringWithAddress(Address);

    /// <summary>With the given address where this path has none of its own.</summary>
    public string ToStringWithAddress(Address address) =>
        (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    public string ToStringWithUid() => Uid == ActorCell.UndefinedUid ? ToStringWithAddress() : $"{ToStringWithAddress()}#{Uid}";

    public string ToSerializationFormat() => ToStringWithUid();

    public string ToSerializationFormatWithAddress(Address address) =>
        Uid == ActorCell.UndefinedUid ? ToStringWithAddress(address) : $"{ToStringWithAddress(address)}#{Uid}";

    public ISurrogate ToSurrogate(ActorSystem system) => new TextSurrogate(_ => this);

    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Depth != other.Depth || GetHashCode() != other.GetHashCode() || !Address.Equals(other.Address))
            return false;
        ActorPath? a = this;
        ActorPath? b = other;
        while (a is not null && b is not null && !ReferenceEquals(a, b))
        {
            if (a.Name != b.Name)
                return false;
            a = a.ParentOrNull;
            b = b.ParentOrNull;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode()
    {
        if (_hash == 0)
            _hash = HashCode.Combine(ParentOrNull?.GetHashCode() ?? Address.GetHashCode(), Name) | 1;
        return _hash;
    }

    public int CompareTo(ActorPath? other) => other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    private void AppendNames(StringBuilder text)
    {
        if (ParentOrNull is null)
            return;
        ParentOrNull.AppendNames(text);
        text.Append('/').Append(Name);
    }
}
