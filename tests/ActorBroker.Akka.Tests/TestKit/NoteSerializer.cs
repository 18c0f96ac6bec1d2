using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Akka.Tests.TestKit;

/// <summary>A message that can go to another node.</summary>
public sealed record Note(string Text);

public sealed class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static int _written;

    public static int Written => Volatile.Read(ref _written);

    public override int Identifier => 4711;

    public override string Manifest(object o) => "note";

    public override byte[] ToBinary(object obj)
    {
        Interlocked.Increment(ref _written);
        return Encoding.UTF8.GetBytes(((Note)obj).Text);
    }

    public override object FromBinary(byte[] bytes, string manifest) => new Note(Encoding.UTF8.GetString(bytes));
}
