using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>
/// A message inside a message: serializer, manifest, bytes. What arrives is only ever read by a serializer of the
/// configuration, and a manifest never names a type to load: a serializer that needs one gets it from the configured bindings.
/// </summary>
internal static class WrappedPayload
{
    private const int Nothing = int.MinValue;

    public static void Write(WireWriter to, object? message, ExtendedActorSystem system)
    {
        if (message is null)
        {
            to.Int32(Nothing);
            return;
        }
        var serializer = system.Serialization.FindSerializerFor(message);
        to.Int32(serializer.Identifier);
        to.Text(SerializationExtension.ManifestFor(serializer, message));
        to.Block(serializer.ToBinary(message));
    }

    public static object? Read(ref WireReader from, ExtendedActorSystem system)
    {
        var id = from.Int32();
        if (id == Nothing)
            return null;
        var manifest = from.Text();
        return FromBinary(system.Serialization, id, manifest, from.Block().ToArray());
    }

    public static object FromBinary(SerializationExtension serialization, int id, string manifest, byte[] bytes) =>
        FromBinary(serialization, SerializerOf(serialization, id, manifest), manifest, bytes);

    public static Serializer SerializerOf(SerializationExtension serialization, int id, string manifest) =>
        serialization.SerializerOrNull(id)
        ?? throw new SerializationException($"No serializer with id [{id}] is configured (manifest [{manifest}])");

    public static object FromBinary(SerializationExtension serialization, Serializer serializer, string manifest, byte[] bytes)
    {
        if (serializer is SerializerWithStringManifest manifested)
            return manifested.FromBinary(bytes, manifest);
        if (manifest.Length == 0)
            return serializer.FromBinary(bytes, null);
        var type = serialization.KnownType(manifest)
            ?? throw new SerializationException($"[{manifest}] is no type of the configured serialization-bindings");
        return serializer.FromBinary(bytes, type);
    }
}
