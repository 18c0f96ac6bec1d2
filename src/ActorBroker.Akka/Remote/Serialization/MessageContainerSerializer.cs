using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>A selection on its way: the rest of the path, and the message.</summary>
internal sealed class MessageContainerSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string SelectionManifest = "A";

    public override int Identifier => 6;

    public override string Manifest(object o) => o is ActorSelectionMessage
        ? SelectionManifest
        : throw new SerializationException($"Cannot serialize {o.GetType()}");

    public override byte[] ToBinary(object obj)
    {
        if (obj is not ActorSelectionMessage selection)
            throw new SerializationException($"Cannot serialize {obj.GetType()}");
        var writer = new WireWriter();
        writer.Count(selection.Elements.Length);
        foreach (var element in selection.Elements)
            writer.Text(element);
        writer.Bool(selection.WildCardFanOut);
        WrappedPayload.Write(writer, selection.Message, system);
        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != SelectionManifest)
            throw new SerializationException($"Unknown manifest [{manifest}]");
        var reader = new WireReader(bytes);
        var elements = new string[reader.Items()];
        for (var i = 0; i < elements.Length; i++)
            elements[i] = reader.Text();
        var fanOut = reader.Bool();
        var message = WrappedPayload.Read(ref reader, system) ?? throw new WireFormatException("A selection without a message");
        reader.End();
        if (message is ActorSelectionMessage)
            throw new WireFormatException("A selection in a selection");
        return new ActorSelectionMessage(message, elements, fanOut);
    }
}
