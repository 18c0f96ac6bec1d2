using Akka.Util;

namespace Akka.Actor;

/// <summary>Where an actor system is: <c>protocol://system@host:port</c>; without host and port it is this process.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ISurrogated, ICloneable
{
    public static readonly Address AllSystems = new("akka", "all-systems");

    private string? _text;

    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
    }

    public string? Host { get; }

    public int? Port { get; }

    public string Protocol { get; }

    public string System { get; }

    public bool HasGlobalScope => !string.IsNullOrEmpty(Host);

    public bool HasLocalScope => !HasGlobalScope;

    public static bool operator ==(Address? left, Address? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Address? left, Address? right) => !(left == right);

    public static Address Parse(string address) => TryParse(address, out var result)
        ? result!
        : throw new UriFormatException($"'{address}' is not protocol://system@host:port");

    public static bool TryParse(string path, out Address? address) => TryParse(path, out address, out _);

    public static bool TryParse(string path, out Address? address, out string? absolutUri)
    {
        address = null;
        absolutUri = null;
        var mark = path.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0)
            return false;
        var authority = path.AsSpan(mark + 3);
        var slash = authority.IndexOf('/');
        absolutUri = slash < 0 ? "/" : authority[slash..].ToString();
        if (slash >= 0)
            authority = authority[..slash];
        var at = authority.IndexOf('@');
        if (at < 0)
        {
            if (authority.IsEmpty)
                return false;
            address = new Address(path[..mark], authority.ToString());
            return true;
        }
        var hostPort = authority[(at + 1)..];
        var colon = hostPort.LastIndexOf(':');
        if (at == 0 || colon <= 0 || !int.TryParse(hostPort[(colon + 1)..], out var port))
            return false;
        address = new Address(path[..mark], authority[..at].ToString(), hostPort[..colon].ToString(), port);
        return true;
    }

    public string HostPort() => HasGlobalScope ? $"{System}@{Host}:{Port}" : System;

    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public object Clone() => new Address(Protocol, System, Host, Port);

    public bool Equals(Address? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Port == other.Port && Host == other.Host && System == other.System && Protocol == other.Protocol);

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Protocol, System, Host, Port);

    public int CompareTo(Address? other) => other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    int IComparable.CompareTo(object? obj) => CompareTo(obj as Address);

    public ISurrogate ToSurrogate(ActorSystem system) => new TextSurrogate(_ => this);

    public override string ToString() => _text ??= $"{Protocol}://{HostPort()}";
}
