using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Serialization;

/// <summary>Messages to entities in sharding's own envelopes, and questions about regions.</summary>
internal static class EntityForms
{
    public static Form[] All(ExtendedActorSystem system) =>
    [
        Form.Of<ShardingEnvelope>("a", (m, w) => Write(m, w, system), r => Read(r, system)),
        Form.Of<ShardRegion.StartEntity>("EA", (m, w) => w.Text(m.EntityId), r => new ShardRegion.StartEntity(r.Text())),
        Form.Of<StartEntityAck>(
            "EB",
            (m, w) =>
            {
                w.Text(m.EntityId);
                w.Text(m.ShardId);
            },
            r => new StartEntityAck(r.Text(), r.Text())),
        Form.Of<GetCurrentRegions>("DG", (_, _) => { }, _ => GetCurrentRegions.Instance),
        Form.Of<CurrentRegions>(
            "DH",
            (m, w) =>
            {
                w.Count(m.Regions.Count);
                foreach (var address in m.Regions)
                    w.Text(address.ToString());
            },
            ReadRegions),
    ];

    private static void Write(ShardingEnvelope envelope, ShardingWriter writer, ExtendedActorSystem system)
    {
        var serializer = system.Serialization.FindSerializerFor(envelope.Message);
        writer.Text(envelope.EntityId);
        writer.Count(serializer.Identifier);
        writer.Text(Akka.Serialization.Serialization.ManifestFor(serializer, envelope.Message));
        writer.Bytes(serializer.ToBinary(envelope.Message));
    }

    private static ShardingEnvelope Read(ShardingReader reader, ExtendedActorSystem system)
    {
        var entityId = reader.Text();
        var serializerId = reader.Count();
        var manifest = reader.Text();
        return new ShardingEnvelope(entityId, system.Serialization.Deserialize(reader.Bytes(), serializerId, manifest));
    }

    private static CurrentRegions ReadRegions(ShardingReader reader)
    {
        var regions = ImmutableHashSet.CreateBuilder<Address>();
        for (var left = reader.Count(); left > 0; left--)
            regions.Add(Address.Parse(reader.Text()));
        return new CurrentRegions(regions.ToImmutable());
    }
}
