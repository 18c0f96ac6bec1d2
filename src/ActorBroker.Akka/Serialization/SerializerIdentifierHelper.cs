using Akka.Actor;
using Akka.Util;

namespace Akka.Serialization;

public static class SerializerIdentifierHelper
{
    private const string Path = "akka.actor.serialization-identifiers";

    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        foreach (var (name, value) in system.Settings.Config.GetConfig(Path)?.AsEnumerable() ?? [])
        {
            if (TypeNames.Find(name) == type)
                return value.GetInt();
        }
        throw new ArgumentException($"Couldn't find serializer id for [{type}] under [{Path}] HOCON path", nameof(type));
    }
}
