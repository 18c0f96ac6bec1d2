using ActorBroker.Core.Groups;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class GroupRecordCodecTests
{
    private static readonly OffsetCommitted Commit = new()
    {
        GroupId = "g",
        Topic = "t",
        Partition = 3,
        Value = new CommittedOffset(42, 7, "meta", 1_000, -1, new Uuid(1, 2)),
    };

    [Fact]
    public void Offsets_come_back_as_they_were()
    {
        var (key, value) = Write(Commit);
        Assert.Equal((1, 4), (VersionOf(key), VersionOf(value!)));
        Assert.Equal(Commit, GroupRecordCodec.Read(key, value));
    }

    [Fact]
    public void The_bytes_of_an_offset_are_those_that_Kafka_wrote()
    {
        var (key, value) = Write(Commit with { Value = Commit.Value with { TopicId = default } });
        Assert.Equal("000100016700017400000003", Convert.ToHexStringLower(key));
        Assert.Equal("0004000000000000002a00000007056d65746100000000000003e800", Convert.ToHexStringLower(value!));
    }

    [Fact]
    public void A_life_time_of_its_own_takes_the_version_that_knows_it()
    {
        var commit = Commit with { Value = new CommittedOffset(42, -1, "", 1_000, 2_000, default) };
        var (key, value) = Write(commit);
        Assert.Equal(1, VersionOf(value!));
        Assert.Equal(commit, GroupRecordCodec.Read(key, value));
    }

    [Fact]
    public void A_group_comes_back_as_it_was()
    {
        var group = new GroupHarness();
        group.Stable(3);
        var written = (GroupMetadataWritten)group.Log[^1];
        var (key, value) = Write(written);
        Assert.Equal((2, 3), (VersionOf(key), VersionOf(value!)));
        var read = Assert.IsType<GroupMetadataWritten>(GroupRecordCodec.Read(key, value));
        Assert.Equal((written.Generation, written.LeaderId, written.PhaseSinceMs), (read.Generation, read.LeaderId, read.PhaseSinceMs));
        Assert.Equal(written.Members.Select(member => member.Id), read.Members.Select(member => member.Id));
        Assert.Equal(written.Members.Select(member => Text(member.Assignment)), read.Members.Select(member => Text(member.Assignment)));
        Assert.Equal(written.Members[0].Subscription, read.Members[0].Subscription);
    }

    [Fact]
    public void Tombstones_have_a_key_alone()
    {
        var offset = new OffsetRemoved { GroupId = "g", Topic = "t", Partition = 3 };
        var (key, value) = Write(offset);
        Assert.Null(value);
        Assert.Equal(offset, GroupRecordCodec.ReadTombstone(key));
        var group = new GroupRemoved { GroupId = "g" };
        Assert.Equal(group, GroupRecordCodec.ReadTombstone(Write(group).Key));
    }

    [Fact]
    public void Offsets_of_very_old_brokers_are_read()
    {
        var (key, value) = Write(Commit with { Value = Commit.Value with { TopicId = default } });
        key[1] = 0;
        Assert.Equal(42, Assert.IsType<OffsetCommitted>(GroupRecordCodec.Read(key, value)).Value.Offset);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(23)]
    [InlineData(99)]
    public void Types_of_other_kinds_of_groups_are_left_alone(byte type)
    {
        byte[] key = [0, type, 1];
        Assert.Null(GroupRecordCodec.Read(key, new byte[] { 9 }));
        Assert.Null(GroupRecordCodec.ReadTombstone(key));
    }

    [Fact]
    public void A_value_of_an_unknown_version_is_an_error()
    {
        var (key, value) = Write(Commit);
        value![1] = 9;
        Assert.Throws<WireFormatException>(() => GroupRecordCodec.Read(key, value));
    }

    private static (byte[] Key, byte[]? Value) Write(GroupRecord record)
    {
        using var key = new WireWriter();
        using var value = new WireWriter();
        var hasValue = GroupRecordCodec.Write(record, key, value);
        return (key.WrittenSpan.ToArray(), hasValue ? value.WrittenSpan.ToArray() : null);
    }
}
