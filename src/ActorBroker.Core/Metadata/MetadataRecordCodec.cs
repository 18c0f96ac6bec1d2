using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// The bytes of metadata batches and snapshots. Numbers are Kafka's primitive types, big-endian.
///
/// batch    := version int8 (1) · feature level int16 · controller epoch int32 · count uvarint · record*
/// record   := type int8 · version int8 · size uvarint · body
/// snapshot := version int8 (1) · offset int64 · batch, whose records rebuild the image from nothing
///
/// The level decides the version of each record: <see cref="MetadataRecordVersions"/>. A type or version that this build does not know is an
/// error, not something to skip: the feature level exists so that it never comes.
/// The size is there for tools that look at a log of another release.
/// </summary>
public static class MetadataRecordCodec
{
    private const sbyte FormatVersion = 1;

    public static void WriteBatch(WireWriter writer, MetadataBatch batch)
    {
        writer.WriteInt8(FormatVersion);
        writer.WriteInt16(batch.FeatureLevel);
        writer.WriteInt32(batch.ControllerEpoch);
        writer.WriteUnsignedVarint((uint)batch.Records.Count);
        using var body = new WireWriter();
        foreach (var record in batch.Records)
        {
            body.Clear();
            var type = MetadataRecordVersions.TypeOf(record);
            var version = MetadataRecordVersions.At(type, batch.FeatureLevel);
            if (version < 0)
            {
                throw new ArgumentException(
                    $"{record.GetType().Name} cannot be written at metadata level {batch.FeatureLevel}.", nameof(batch));
            }
            MetadataRecordBodies.Write(body, record, version);
            writer.WriteInt8((sbyte)type);
            writer.WriteInt8(version);
            writer.WriteUnsignedVarint((uint)body.Length);
            body.WrittenSpan.CopyTo(writer.GetSpan(body.Length));
            writer.Advance(body.Length);
        }
    }

    /// <summary>Throws <see cref="WireFormatException"/> for bytes that this build cannot read.</summary>
    public static MetadataBatch ReadBatch(ref WireReader reader)
    {
        var version = reader.ReadInt8();
        if (version != FormatVersion) throw new WireFormatException($"metadata batch of the unknown format version {version}");
        var level = reader.ReadInt16();
        if (level > MetadataFeature.Level)
            throw new WireFormatException($"metadata of feature level {level}; this release reads up to {MetadataFeature.Level}");
        var epoch = reader.ReadInt32();
        var count = reader.ReadUnsignedVarint();
        if (count > (uint)reader.Remaining / 3) throw new WireFormatException($"metadata batch claims {count} records");
        var records = new List<MetadataRecord>((int)count);
        for (var i = 0; i < count; i++) records.Add(ReadRecord(ref reader, level));
        return new MetadataBatch(epoch, records) { FeatureLevel = level };
    }

    public static void WriteSnapshot(WireWriter writer, MetadataImage image)
    {
        writer.WriteInt8(FormatVersion);
        writer.WriteInt64(image.Offset);
        WriteBatch(writer, new MetadataBatch(image.ControllerEpoch, image.ToRecords()) { FeatureLevel = image.MetadataLevel });
    }

    public static MetadataImage ReadSnapshot(ref WireReader reader)
    {
        var version = reader.ReadInt8();
        if (version != FormatVersion) throw new WireFormatException($"metadata snapshot of the unknown format version {version}");
        var offset = reader.ReadInt64();
        var batch = ReadBatch(ref reader);
        return MetadataImage.Empty.Apply(batch) with { Offset = offset };
    }

    private static MetadataRecord ReadRecord(ref WireReader reader, short level)
    {
        var type = reader.ReadInt8();
        var version = reader.ReadInt8();
        var size = reader.ReadUnsignedVarint();
        if (size > (uint)reader.Remaining) throw new WireFormatException($"metadata record of type {type} claims {size} bytes");
        if (version < 0 || version != MetadataRecordVersions.At((MetadataRecordType)type, level))
            throw new WireFormatException($"metadata record of type {type} has the unknown version {version}");
        var body = new WireReader(reader.Slice((int)size));
        var record = MetadataRecordBodies.Read(ref body, (MetadataRecordType)type, version);
        body.ExpectEnd();
        return record;
    }
}
