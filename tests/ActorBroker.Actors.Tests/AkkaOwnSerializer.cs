using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorBroker.Actors.Tests;

/// <summary>
/// Stands in for the refusing serializer where a test has every message serialized: Akka's own node-local messages, which no release marks
/// all as such, come back as they went; anything else is refused as before.
/// </summary>
public sealed class AkkaOwnSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private static readonly ConcurrentDictionary<long, object> s_passing = new();
    private static long s_last;

    public override int Identifier => 9299;

    public override bool IncludeManifest => false;

    /// <summary>To be put above the configuration that binds <see cref="object"/>.</summary>
    public static Config Config => ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.akka-own = "{{typeof(AkkaOwnSerializer).FullName}}, {{typeof(AkkaOwnSerializer).Assembly.GetName().Name}}"
          serialization-bindings { "System.Object" = akka-own }
        }
        """);

    public override byte[] ToBinary(object obj)
    {
        if (obj.GetType().Namespace?.StartsWith("Akka.", StringComparison.Ordinal) != true)
            throw new NotSupportedException($"{obj.GetType()} has no serializer.");
        var key = Interlocked.Increment(ref s_last);
        s_passing[key] = obj;
        return BitConverter.GetBytes(key);
    }

    public override object FromBinary(byte[] bytes, Type? type) => s_passing.TryRemove(BitConverter.ToInt64(bytes), out var message)
        ? message
        : throw new NotSupportedException("The message has been read already.");
}
