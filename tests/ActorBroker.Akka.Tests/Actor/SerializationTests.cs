using System.Runtime.Serialization;
using System.Text;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class SerializationTests() : ActorTest(Config)
{
    private const string Config = """
        akka.actor {
          serialize-messages = on
          serializers {
            words = "ActorBroker.Akka.Tests.Actor.SerializationTests+WordSerializer, ActorBroker.Akka.Tests"
            refuse = "ActorBroker.Akka.Tests.Actor.SerializationTests+Refusing, ActorBroker.Akka.Tests"
          }
          serialization-bindings {
            "System.Object" = refuse
            "ActorBroker.Akka.Tests.Actor.SerializationTests+IWord, ActorBroker.Akka.Tests" = words
          }
          serialization-identifiers {
            "ActorBroker.Akka.Tests.Actor.SerializationTests+WordSerializer, ActorBroker.Akka.Tests" = 9001
          }
        }
        """;

    public interface IWord;

    private ExtendedActorSystem Extended => (ExtendedActorSystem)System;

    [Fact]
    public void A_binding_is_found_by_interface_and_identifiers_come_from_the_configuration()
    {
        var serializer = System.Serialization.FindSerializerFor(new Word("x"));
        Assert.IsType<WordSerializer>(serializer);
        Assert.Equal(9001, serializer.Identifier);
        Assert.IsType<Refusing>(System.Serialization.FindSerializerForType(typeof(Uri)));
    }

    [Fact]
    public void Bytes_and_manifest_give_the_message_back()
    {
        var serializer = System.Serialization.FindSerializerFor(new Word("x"));
        var manifest = Serialization.ManifestFor(serializer, new Word("x"));
        Assert.Equal("W", manifest);
        Assert.Equal(new Word("x"), System.Serialization.Deserialize(serializer.ToBinary(new Word("x")), 9001, manifest));
    }

    [Fact]
    public void An_unknown_serializer_is_an_error() =>
        Assert.Throws<SerializationException>(() => System.Serialization.Deserialize([], 12345, "W"));

    [Fact]
    public async Task A_told_message_makes_a_round_trip()
    {
        var probe = NewProbe();
        var word = new Word("hi");
        probe.Ref.Tell(word);
        Assert.NotSame(word, await probe.Expect(word));
    }

    [Fact]
    public async Task What_needs_no_verification_passes_as_it_is()
    {
        var probe = NewProbe();
        var local = new LocalThing();
        probe.Ref.Tell(local);
        Assert.Same(local, await probe.Next());
    }

    [Fact]
    public async Task What_is_refused_does_not_arrive()
    {
        var probe = NewProbe();
        probe.Ref.Tell(new Uri("http://localhost"));
        var word = new Word("after");
        await probe.ExpectNothingBefore(word);
    }

    [Fact]
    public async Task A_reference_survives_the_way_through_its_path()
    {
        var probe = NewProbe();
        var text = Serialization.SerializedActorPath(probe.Ref);
        Assert.Equal(probe.Ref, System.Serialization.DeserializeActorRef(text));
        var remote = new Address("akka.tcp", "test", "here", 1234);
        var seenFromAfar = Serialization.WithTransport(Extended, remote, () => Serialization.SerializedActorPath(probe.Ref));
        Assert.StartsWith("akka.tcp://test@here:1234/user/", seenFromAfar);
        probe.Ref.Tell(new Word("end"));
        await probe.Expect(new Word("end"));
    }

    public sealed record Word(string Text) : IWord;

    public sealed class LocalThing : INoSerializationVerificationNeeded;

    public sealed class WordSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "W";

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Word)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) => manifest == "W"
            ? new Word(Encoding.UTF8.GetString(bytes))
            : throw new SerializationException($"Unknown manifest {manifest}");
    }

    public sealed class Refusing(ExtendedActorSystem system) : Serializer(system)
    {
        public override int Identifier => 9002;

        public override bool IncludeManifest => false;

        public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer");

        public override object FromBinary(byte[] bytes, Type? type) => throw new SerializationException("refused");
    }
}
