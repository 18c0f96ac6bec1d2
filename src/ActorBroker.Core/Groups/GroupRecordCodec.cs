using System.Buffers.Binary;
using System.Collections.Immutable;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Group records as they stand in <c>__consumer_offsets</c>, in Kafka's own formats so that outside tools read them (R60).
///
/// A key begins with its type as int16: 0 and 1 an offset (0 only in the logs of very old brokers), 2 a classic group; 3 and above belong
/// to other kinds of groups. A value begins with its version as int16; no value is a tombstone. Written are offset values of version 4,
/// or of version 1 when the commit asked for a life time of its own (the only one that can say so), and group values of version 3.
/// </summary>
public static class GroupRecordCodec
{
    public const short LegacyOffsetType = 0;
    public const short OffsetType = 1;
    public const short GroupType = 2;

    private const short OffsetVersion = 4;
    private const short ExpiringOffsetVersion = 1;
    private const short GroupVersion = 3;

    /// <summary>Replaces the writers' contents by the record's key and value; false when it is a tombstone, which has no value.</summary>
    public static bool Write(GroupRecord record, WireWriter key, WireWriter value)
    {
        key.Clear();
        value.Clear();
        switch (record)
        {
            case OffsetCommitted committed:
                WriteOffsetKey(key, committed.GroupId, committed.Topic, committed.Partition);
                WriteOffset(value, committed.Value);
                return true;
            case OffsetRemoved removed:
                WriteOffsetKey(key, removed.GroupId, removed.Topic, removed.Partition);
                return false;
            case GroupMetadataWritten written:
                WriteGroupKey(key, written.GroupId);
                WriteGroup(value, written);
                return true;
            case GroupRemoved removed:
                WriteGroupKey(key, removed.GroupId);
                return false;
            default:
                throw new InvalidOperationException($"No format for {record.GetType().Name}.");
        }
    }

    /// <summary>The type of a key, or -1 when there is none.</summary>
    public static short TypeOf(ReadOnlySpan<byte> key) => key.Length < 2 ? (short)-1 : BinaryPrimitives.ReadInt16BigEndian(key);

    /// <summary>The record of a key and its value, or null for a type that is not ours to read.</summary>
    /// <exception cref="WireFormatException">The bytes are not what their type and version say.</exception>
    public static GroupRecord? Read(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        switch (TypeOf(key.Span))
        {
            case GroupType:
                return ReadGroup(ReadGroupKey(key).Group, value);

            // Types 0 and 1 differ in nothing but their number.
            case LegacyOffsetType or OffsetType:
                var offset = ReadOffsetKey(key);
                return new OffsetCommitted
                {
                    GroupId = offset.Group,
                    Topic = offset.Topic,
                    Partition = offset.Partition,
                    Value = ReadOffset(value),
                };
            default:
                return null;
        }
    }

    /// <summary>What a key without a value removes, or null for a type that is not ours to read.</summary>
    /// <exception cref="WireFormatException">The bytes are not what their type says.</exception>
    public static GroupRecord? ReadTombstone(ReadOnlyMemory<byte> key)
    {
        switch (TypeOf(key.Span))
        {
            case GroupType:
                return new GroupRemoved { GroupId = ReadGroupKey(key).Group };
            case LegacyOffsetType or OffsetType:
                var offset = ReadOffsetKey(key);
                return new OffsetRemoved { GroupId = offset.Group, Topic = offset.Topic, Partition = offset.Partition };
            default:
                return null;
        }
    }

    private static GroupMetadataKey ReadGroupKey(ReadOnlyMemory<byte> key)
    {
        var reader = new WireReader(key[2..]);
        var groupKey = new GroupMetadataKey();
        groupKey.Read(ref reader, 0);
        return groupKey;
    }

    private static OffsetCommitKey ReadOffsetKey(ReadOnlyMemory<byte> key)
    {
        var reader = new WireReader(key[2..]);
        var offsetKey = new OffsetCommitKey();
        offsetKey.Read(ref reader, 0);
        return offsetKey;
    }

    private static void WriteOffsetKey(WireWriter writer, string groupId, string topic, int partition)
    {
        writer.WriteInt16(OffsetType);
        new OffsetCommitKey { Group = groupId, Topic = topic, Partition = partition }.Write(writer, 0);
    }

    private static void WriteGroupKey(WireWriter writer, string groupId)
    {
        writer.WriteInt16(GroupType);
        new GroupMetadataKey { Group = groupId }.Write(writer, 0);
    }

    private static void WriteOffset(WireWriter writer, CommittedOffset offset)
    {
        var version = offset.ExpireTimestampMs == -1 ? OffsetVersion : ExpiringOffsetVersion;
        writer.WriteInt16(version);
        new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestampMs,
            ExpireTimestamp = offset.ExpireTimestampMs,
            TopicId = offset.TopicId,
        }.Write(writer, version);
    }

    private static void WriteGroup(WireWriter writer, GroupMetadataWritten written)
    {
        writer.WriteInt16(GroupVersion);
        var value = new GroupMetadataValue
        {
            ProtocolType = written.ProtocolType,
            Generation = written.Generation,
            Protocol = written.ProtocolName,
            Leader = written.LeaderId,
            CurrentStateTimestamp = written.PhaseSinceMs,
        };
        foreach (var member in written.Members)
        {
            value.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.Subscription,
                Assignment = member.Assignment,
            });
        }

        value.Write(writer, GroupVersion);
    }

    private static CommittedOffset ReadOffset(ReadOnlyMemory<byte> bytes)
    {
        var value = new OffsetCommitValue();
        Read(value, bytes, OffsetCommitValue.HighestVersion);
        return new CommittedOffset(
            value.Offset, value.LeaderEpoch, value.Metadata, value.CommitTimestamp, value.ExpireTimestamp, value.TopicId);
    }

    private static GroupMetadataWritten ReadGroup(string groupId, ReadOnlyMemory<byte> bytes)
    {
        var value = new GroupMetadataValue();
        Read(value, bytes, GroupMetadataValue.HighestVersion);
        return new GroupMetadataWritten
        {
            GroupId = groupId,
            ProtocolType = value.ProtocolType,
            Generation = value.Generation,
            ProtocolName = value.Protocol,
            LeaderId = value.Leader,
            PhaseSinceMs = value.CurrentStateTimestamp,
            Members =
            [
                .. value.Members.Select(member => new WrittenMember
                {
                    Id = member.MemberId,
                    InstanceId = member.GroupInstanceId,
                    ClientId = member.ClientId,
                    ClientHost = member.ClientHost,

                    // Version 0 had no timeout for rebalances: the session's counted.
                    RebalanceTimeoutMs = member.RebalanceTimeout == -1 ? member.SessionTimeout : member.RebalanceTimeout,
                    SessionTimeoutMs = member.SessionTimeout,
                    Subscription = member.Subscription.ToArray(),
                    Assignment = member.Assignment.ToArray(),
                }),
            ],
        };
    }

    private static void Read(IWireMessage message, ReadOnlyMemory<byte> bytes, short highestVersion)
    {
        var reader = new WireReader(bytes);
        var version = reader.ReadInt16();
        if (version < 0 || version > highestVersion) throw new WireFormatException($"{message.GetType().Name}: unknown version {version}");
        message.Read(ref reader, version);
    }
}
