using Akka.Actor;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>A serializer that names the form of each message itself: the way to versioned formats.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public sealed override object FromBinary(byte[] bytes, Type? type) => FromBinary(bytes, TypeNames.Qualified(type!));

    public abstract object FromBinary(byte[] bytes, string manifest);

    public abstract string Manifest(object o);
}
