using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Metadata;

public class MetadataRecordCodecTests
{
    private static readonly PartitionImage Partition = new([1, 2], [2], 2, 3, 4, [new Uuid(1, 1), new Uuid(2, 2)]);

    /// <summary>
    /// One of each type, with the bytes that version 1 of the format gives it at level 1. Bytes on disks outlive releases: they never
    /// change.
    /// </summary>
    public static TheoryData<MetadataRecord, string> Golden => new()
    {
        { new ClusterCreated("c1"), "0100" + "03" + "036331" },
        { new FeatureLevelSet("f", 7), "0200" + "04" + "0266" + "0007" },
        { new ControllerElected(3, 9), "0300" + "08" + "00000003" + "00000009" },
        {
            new BrokerRegistered(1, 5, "r", [new EndpointImage("L", "h", 9092, "P")], [new Uuid(0, 1)]),
            "0400" + "2A" + "00000001" + "0000000000000005" + "0272" + "02" + "024C" + "0268" + "00002384" + "0250" + "02" +
            "00000000000000000000000000000001"
        },
        { new BrokerFencingChanged(1, true), "0500" + "05" + "00000001" + "01" },
        { new BrokerUnregistered(1), "0600" + "04" + "00000001" },
        { new LeadershipRenewed(1), "0700" + "04" + "00000001" },
        { new TopicCreated("t", new Uuid(0, 2)), "0800" + "12" + "0274" + "00000000000000000000000000000002" },
        {
            new PartitionsAdded(new Uuid(0, 2), [new PartitionImage([1], [1], 1, 0, 0, [Uuid.Zero])]),
            "0900" + "38" + "00000000000000000000000000000002" + "02" + "0200000001" + "0200000001" + "000000010000000000000000" +
            "0200000000000000000000000000000000"
        },
        {
            new PartitionsChanged(new Uuid(0, 2), [new PartitionChange(5, new PartitionImage([1], [], -1, 1, 2, []))]),
            "0A00" + "28" + "00000000000000000000000000000002" + "02" + "00000005" + "0200000001" + "01" + "FFFFFFFF0000000100000002" + "01"
        },
        { new TopicDeleted(new Uuid(0, 2)), "0B00" + "10" + "00000000000000000000000000000002" },
        {
            new ConfigChanged(new ConfigResource(ConfigResourceType.Topic, "t"), "k", "v"), "0C00" + "07" + "02" + "0274" + "026B" + "0276"
        },
        { new ConfigChanged(new ConfigResource(ConfigResourceType.Broker, ""), "k", null), "0C00" + "05" + "04" + "01" + "026B" + "00" },
        { new ProducerIdsAllocated(1, 1000), "0D00" + "0C" + "00000001" + "00000000000003E8" },
    };

    /// <summary>What level 2 has and level 1 has not: lanes, reassignments, eligible leaders, draining.</summary>
    public static TheoryData<MetadataRecord, string> GoldenOfLevel2 => new()
    {
        {
            new BrokerRegistered(1, 5, "r", [new EndpointImage("L", "h", 9092, "P")], [new Uuid(0, 1)])
            {
                Lanes = new LaneAddresses("n1", 4051, 4052), MetadataLevel = 2,
            },
            "0401" + "38" + "00000001" + "0000000000000005" + "0272" + "02" + "024C" + "0268" + "00002384" + "0250" + "02" +
            "00000000000000000000000000000001" + "0002" + "01" + "036E31" + "00000FD3" + "00000FD4"
        },
        {
            new BrokerRegistered(1, 5, null, [], []) { MetadataLevel = 2 },
            "0401" + "12" + "00000001" + "0000000000000005" + "00" + "01" + "01" + "0002" + "00"
        },
        { new BrokerDrainChanged(1, true), "0E00" + "05" + "00000001" + "01" },
        {
            new PartitionsAdded(new Uuid(0, 2), [new PartitionImage([1], [1], 1, 0, 0, [])]),
            "0901" + "2C" + "00000000000000000000000000000002" + "02" + "0200000001" + "0200000001" + "000000010000000000000000" + "01" +
            "01010101"
        },
        {
            new PartitionsChanged(new Uuid(0, 2),
            [
                new PartitionChange(5, new PartitionImage([1, 2], [1], 1, 1, 2, [])
                {
                    AddingReplicas = [2], RemovingReplicas = [1], Elr = [3], LastKnownElr = [4],
                }),
            ]),
            "0A01" + "44" + "00000000000000000000000000000002" + "02" + "00000005" + "030000000100000002" + "0200000001" +
            "000000010000000100000002" + "01" + "0200000002" + "0200000001" + "0200000003" + "0200000004"
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_record_has_the_bytes_of_its_version(MetadataRecord record, string hex)
    {
        var bytes = ImageBytes.Of(new MetadataBatch(2, [record]) { FeatureLevel = 1 });
        Assert.Equal("01" + "0001" + "00000002" + "01" + hex, Convert.ToHexString(bytes));
        Assert.Equal(bytes, ImageBytes.Of(ImageBytes.ReadBatch(bytes)));
    }

    [Theory]
    [MemberData(nameof(GoldenOfLevel2))]
    public void A_record_of_the_cluster_has_the_bytes_of_its_version(MetadataRecord record, string hex)
    {
        var bytes = ImageBytes.Of(new MetadataBatch(2, [record]) { FeatureLevel = 2 });
        Assert.Equal("01" + "0002" + "00000002" + "01" + hex, Convert.ToHexString(bytes));
        Assert.Equal(bytes, ImageBytes.Of(ImageBytes.ReadBatch(bytes)));
    }

    [Fact]
    public void What_the_level_does_not_have_cannot_be_written()
    {
        MetadataRecord[] newer =
        [
            new BrokerDrainChanged(1, true),
            new PartitionsAdded(new Uuid(0, 2), [Partition with { AddingReplicas = [2] }]),
            new PartitionsAdded(new Uuid(0, 2), [Partition with { Elr = [1] }]),
        ];
        foreach (var record in newer)
            Assert.Throws<ArgumentException>(() => ImageBytes.Of(new MetadataBatch(2, [record]) { FeatureLevel = 1 }));
    }

    [Fact]
    public void A_record_of_another_level_than_its_batch_is_refused()
    {
        var error = Assert.Throws<WireFormatException>(
            () => ImageBytes.ReadBatch(Convert.FromHexString("0100010000000201" + "0E00" + "05" + "0000000101")));
        Assert.Contains("unknown version", error.Message);
    }

    [Fact]
    public void Every_type_of_record_stands_in_the_golden_bytes()
    {
        var covered = Golden.Concat(GoldenOfLevel2).Select(row => row[0].GetType()).ToHashSet();
        var all = typeof(MetadataRecord).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(MetadataRecord)));
        Assert.Equal(all.OrderBy(type => type.Name), covered.OrderBy(type => type.Name));
    }

    [Theory]
    [InlineData("02000100000002" + "00", "format version 2")]
    [InlineData("01000900000002" + "00", "feature level 9")]
    [InlineData("01000100000002" + "01" + "6300" + "00", "unknown type 99")]
    [InlineData("01000100000002" + "01" + "0109" + "00", "unknown version 9")]
    [InlineData("01000100000002" + "FFFFFFFF0F", "claims 4294967295 records")]
    [InlineData("01000100000002" + "01" + "0600" + "05" + "0000000100", "surplus")]
    [InlineData("01000100000002" + "01" + "0600" + "7F" + "00000001", "claims 127 bytes")]
    public void Bytes_that_this_release_cannot_read_are_refused(string hex, string message)
    {
        var error = Assert.Throws<WireFormatException>(() => ImageBytes.ReadBatch(Convert.FromHexString(hex)));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Mutated_bytes_are_read_or_refused_but_nothing_else()
    {
        var random = new Random(11);
        var records = Golden.Select(row => (MetadataRecord)row[0]).ToArray();
        var old = ImageBytes.Of(new MetadataBatch(1, records) { FeatureLevel = 1 });
        records = GoldenOfLevel2.Select(row => (MetadataRecord)row[0]).ToArray();
        var current = ImageBytes.Of(new MetadataBatch(1, records));
        for (var i = 0; i < 20_000; i++)
        {
            var good = i % 2 == 0 ? old : current;
            var bytes = good.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotNull(ImageBytes.ReadBatch(bytes));
            }
            catch (WireFormatException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    [Fact]
    public void A_snapshot_gives_the_image_back()
    {
        var image = MetadataImage.Empty.Apply(new MetadataBatch(3,
        [
            new ClusterCreated("c"), new ControllerElected(1, 3), new FeatureLevelSet("f", 2),
            new BrokerRegistered(1, 5, null, [new EndpointImage("L", "h", 1, "PLAINTEXT")], [new Uuid(4, 4)])
            {
                Lanes = new LaneAddresses("n1", 1, 2), MetadataLevel = 2,
            },
                new BrokerFencingChanged(1, false), new BrokerDrainChanged(1, true),
            new TopicCreated("t", new Uuid(1, 2)), new PartitionsAdded(new Uuid(1, 2), [Partition with { AddingReplicas = [1], RemovingReplicas = [2] }]),
                new TopicCreated("empty", new Uuid(1, 3)),
            new ConfigChanged(new ConfigResource(ConfigResourceType.Topic, "t"), "retention.ms", "1"), new ProducerIdsAllocated(1, 500),
        ]));
        var read = ImageBytes.RoundTrip(image with { Offset = 41 });
        Assert.Equal(41, read.Offset);
        Assert.Equal(ImageBytes.Of(image with { Offset = 41 }), ImageBytes.Of(read));
        Assert.False(read.Brokers[1].IsFenced);
        Assert.True(read.Brokers[1].IsDraining);
        Assert.Equal(new LaneAddresses("n1", 1, 2), read.Brokers[1].Lanes);
        Assert.Equal(2, read.Brokers[1].MetadataLevel);
        Assert.Equal(500, read.NextProducerId);
        Assert.Equal([1], read.Topics["t"].Partitions[0].AddingReplicas.ToArray());
        Assert.Equal([2], read.Topics["t"].Partitions[0].RemovingReplicas.ToArray());
        Assert.Equal(4, read.Topics["t"].Partitions[0].PartitionEpoch);
    }
}
