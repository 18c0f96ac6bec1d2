using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>Texts and numbers as messages.</summary>
internal sealed class PrimitiveSerializers(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string TextManifest = "S";
    private const string Int32Manifest = "I";
    private const string Int64Manifest = "L";

    public override int Identifier => 17;

    public override string Manifest(object o) => o switch
    {
        string => TextManifest,
        int => Int32Manifest,
        long => Int64Manifest,
        _ => throw new SerializationException($"Serializer only supports string, int, and long: {o.GetType()}"),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case string text:
                return Encoding.UTF8.GetBytes(text);
            case int number:
                var four = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(four, number);
                return four;
            case long number:
                var eight = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(eight, number);
                return eight;
            default:
                throw new SerializationException($"Serializer only supports string, int, and long: {obj.GetType()}");
        }
    }

    public override object FromBinary(byte[] bytes, string manifest) => (manifest, bytes.Length) switch
    {
        (TextManifest, _) => Encoding.UTF8.GetString(bytes),
        (Int32Manifest, 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (Int64Manifest, 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new SerializationException($"Unknown manifest [{manifest}] or wrong length {bytes.Length}"),
    };
}
