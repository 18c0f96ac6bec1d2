using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Cluster.Sharding.Serialization;

/// <summary>
/// Messages between regions and coordinator, the coordinator's events and its snapshot. A manifest names the message and fixes its
/// form; another form of a message needs another manifest. References are their paths with address and uid; the fields of a message
/// follow each other as <see cref="ShardingWriter"/> writes them.
/// </summary>
public class ClusterShardingMessageSerializer : SerializerWithStringManifest
{
    private readonly Dictionary<string, Form> _byManifest;
    private readonly Dictionary<Type, Form> _byType;

    public ClusterShardingMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
        Form[] forms = [.. CoordinatorForms.All, .. EventForms.All, .. EntityForms.All(system)];
        _byManifest = forms.ToDictionary(f => f.Manifest);
        _byType = forms.ToDictionary(f => f.Type);
    }

    public override byte[] ToBinary(object obj)
    {
        var writer = new ShardingWriter();
        FormOf(obj).Write(obj, writer);
        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_byManifest.TryGetValue(manifest, out var form))
            throw new SerializationException($"[{GetType()}] has no message with manifest [{manifest}]");
        var reader = new ShardingReader(bytes, system);
        var message = form.Read(reader);
        reader.ExpectEnd(manifest);
        return message;
    }

    public override string Manifest(object o) => FormOf(o).Manifest;

    private Form FormOf(object o) => _byType.TryGetValue(o.GetType(), out var form)
        ? form
        : throw new ArgumentException($"[{GetType()}] does not serialize [{o.GetType()}]", nameof(o));
}
