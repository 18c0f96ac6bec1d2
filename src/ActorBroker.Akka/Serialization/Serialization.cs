using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>
/// Serializers of an actor system, by identifier and by the types that are bound to them
/// (<c>akka.actor.serializers, serialization-bindings, serialization-identifiers</c>). A type without a binding of its own
/// gets that of its most special base type or interface.
/// </summary>
public class Serialization
{
    [ThreadStatic]
    private static Information? _currentTransport;

    private readonly ConcurrentDictionary<int, Serializer> _byId = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new();
    private readonly ConcurrentDictionary<Type, Serializer> _bindings = new();
    private readonly ConcurrentDictionary<Type, Serializer> _resolved = new();
    private readonly ConcurrentDictionary<string, Type> _knownTypes = new();

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        var config = system.Settings.Config;
        foreach (var (name, value) in config.GetConfig("akka.actor.serializers")?.AsEnumerable() ?? [])
        {
            if (TypeNames.Find(value.GetString()!) is { } type)
                AddSerializer(name, Create(type));
            else
                system.Log.Warning("The type name for serializer '{0}' did not resolve to an actual Type: '{1}'", name, value.GetString());
        }
        foreach (var (name, value) in config.GetConfig("akka.actor.serialization-bindings")?.AsEnumerable() ?? [])
        {
            var bound = TypeNames.Find(name);
            if (bound is null)
                system.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual Type", name);
            else if (!_byName.TryGetValue(value.GetString()!, out var serializer))
                system.Log.Warning("Serialization binding to non existing serializer: '{0}'", value.GetString());
            else
                AddSerializationMap(bound, serializer);
        }
    }

    public ExtendedActorSystem System { get; }

    internal static Information? CurrentTransport
    {
        get => _currentTransport;
        set => _currentTransport = value;
    }

    public static T WithTransport<T>(ActorSystem system, Address address, Func<T> action) =>
        WithTransport(new Information(address, system), action);

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) =>
        WithTransport(system.Provider.SerializationInformation, action);

    public static Information GetCurrentTransportInformation() => _currentTransport
        ?? throw new InvalidOperationException("CurrentTransportInformation is not set. Use Serialization.WithTransport<T>.");

    /// <summary>The reference as text that ResolveActorRef reads, here or at the current reader.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is Nobody)
            return ActorRefs.Nobody.Path.ToSerializationFormat();
        var path = actorRef.Path;
        if (_currentTransport is not { } transport)
        {
            return actorRef is IInternalActorRef { IsLocal: true } local
                ? path.ToSerializationFormatWithAddress(local.Provider.DefaultAddress)
                : path.ToSerializationFormat();
        }
        var address = actorRef is IInternalActorRef reference && !ReferenceEquals(reference.Provider.Settings.System, transport.System)
            ? reference.Provider.GetExternalAddressFor(transport.Address) ?? reference.Provider.DefaultAddress
            : transport.Address;
        return path.ToSerializationFormatWithAddress(address);
    }

    /// <summary>What goes with the bytes so that they can be read; empty when the serializer needs nothing.</summary>
    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest manifested => manifested.Manifest(msg),
        { IncludeManifest: true } => TypeNames.Qualified(msg.GetType()),
        _ => "",
    };

    public void AddSerializer(string name, Serializer serializer)
    {
        _byId[serializer.Identifier] = serializer;
        _byName[name] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        _bindings[type] = serializer;
        _knownTypes[TypeNames.Qualified(type)] = type;
        _resolved.Clear();
    }

    public byte[] Serialize(object o) => WithTransport(System, () => FindSerializerFor(o).ToBinary(o));

    public object Deserialize(byte[] bytes, int serializerId, Type type) =>
        WithTransport(System, () => ById(serializerId, type?.ToString()).FromBinary(bytes, type));

    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = ById(serializerId, manifest);
        return WithTransport(System, () =>
        {
            if (serializer is SerializerWithStringManifest manifested)
                return manifested.FromBinary(bytes, manifest);
            if (string.IsNullOrEmpty(manifest))
                return serializer.FromBinary(bytes, null);
            var type = KnownType(manifest)
                ?? throw new SerializationException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].");
            return serializer.FromBinary(bytes, type);
        });
    }

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public Serializer FindSerializerFor(object obj, string? defaultSerializerName = null) =>
        FindSerializerForType(obj?.GetType() ?? throw new ArgumentNullException(nameof(obj)), defaultSerializerName);

    public Serializer FindSerializerForType(Type objectType, string? defaultSerializerName = null)
    {
        if (_resolved.TryGetValue(objectType, out var known))
            return known;
        Type? best = null;
        foreach (var bound in _bindings.Keys)
        {
            if (bound.IsAssignableFrom(objectType) && (best is null || best.IsAssignableFrom(bound)))
                best = bound;
        }
        if (best is null || (best == typeof(object) && defaultSerializerName is not null))
        {
            return defaultSerializerName is not null && _byName.TryGetValue(defaultSerializerName, out var fallback)
                ? fallback
                : throw new SerializationException($"Serializer not found for type {objectType.Name}");
        }
        _knownTypes[TypeNames.Qualified(objectType)] = objectType;
        return _resolved[objectType] = _bindings[best];
    }

    internal Serializer? SerializerOrNull(int id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// A type by its qualified name, of those that are bound or that this system has serialized: bytes from elsewhere never
    /// load another.
    /// </summary>
    internal Type? KnownType(string manifest) => _knownTypes.GetValueOrDefault(manifest);

    private static T WithTransport<T>(Information information, Func<T> action)
    {
        var outer = _currentTransport;
        _currentTransport ??= information;
        try
        {
            return action();
        }
        finally
        {
            _currentTransport = outer;
        }
    }

    private Serializer ById(int id, string? manifest) => _byId.TryGetValue(id, out var serializer)
        ? serializer
        : throw new SerializationException(
            $"Cannot find serializer with id [{id}] (manifest [{manifest}]): is akka.actor.serializers the same in both systems?");

    private Serializer Create(Type type) => type.GetConstructor([typeof(ExtendedActorSystem)]) is null
        ? (Serializer)Activator.CreateInstance(type)!
        : (Serializer)Activator.CreateInstance(type, System)!;
}
