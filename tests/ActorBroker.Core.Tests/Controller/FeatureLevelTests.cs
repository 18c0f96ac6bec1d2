using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Tests.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>The level of the metadata log: what is written at which, who may raise it, who may join under it.</summary>
public class FeatureLevelTests
{
    private static readonly LaneAddresses Lanes = new("n1", 4051, 4052);

    /// <summary>A controller over the directory that the first release left behind.</summary>
    private static ControllerFixture OfTheFirstRelease(int brokers = 1)
    {
        var records = new List<MetadataRecord>
        {
            new ClusterCreated("old"), new FeatureLevelSet(MetadataFeature.Name, 1), new ControllerElected(1, 1),
        };
        for (var id = 1; id <= brokers; id++)
        {
            records.Add(new BrokerRegistered(id, ControllerFixture.IncarnationOf(id), null, [], []));
            records.Add(new BrokerFencingChanged(id, false));
        }
        var fixture = new ControllerFixture(brokers: 0);
        fixture.Machine.Restore(ImageBytes.RoundTrip(
            MetadataImage.Empty.Apply(new MetadataBatch(1, records) { FeatureLevel = 1 })));
        fixture.Log.Clear();
        return fixture;
    }

    private static KafkaError Raise(ControllerFixture fixture, short level, string feature = MetadataFeature.Name) =>
        fixture.Do(new SetFeatureLevel(feature, level)).Error;

    [Fact]
    public void A_new_cluster_starts_at_the_newest_level()
    {
        var fixture = new ControllerFixture();
        Assert.Equal(MetadataFeature.Level, fixture.Image.MetadataLevel);
        Assert.All(fixture.Log, batch => Assert.Equal(MetadataFeature.Level, batch.FeatureLevel));
    }

    [Fact]
    public void An_old_log_goes_on_in_its_own_level_until_it_is_raised()
    {
        var fixture = OfTheFirstRelease();
        fixture.Create(fixture.Topic("before"));
        Assert.Equal(1, fixture.Log[^1].FeatureLevel);
        Assert.Equal(ErrorCode.None, Raise(fixture, 2).Code);
        fixture.Create(fixture.Topic("after"));
        Assert.Equal(2, fixture.Log[^1].FeatureLevel);
        Assert.All(fixture.Log, batch => Assert.Equal(ImageBytes.Of(batch), ImageBytes.Of(ImageBytes.RoundTrip(batch))));
    }

    [Fact]
    public void The_snapshot_of_an_old_log_stays_readable_for_the_old_release()
    {
        var fixture = OfTheFirstRelease();
        fixture.Create(fixture.Topic("t"));
        var bytes = ImageBytes.Of(fixture.Image);
        Assert.Equal("0001", Convert.ToHexString(bytes.AsSpan(10, 2)));
        Assert.Equal(1, ImageBytes.RoundTrip(fixture.Image).MetadataLevel);
    }

    [Fact]
    public void A_node_that_was_alone_raises_the_level_when_it_registers_with_lanes()
    {
        var fixture = OfTheFirstRelease();
        var reply = fixture.Do(ControllerFixture.Registration(1, 5000) with { Lanes = Lanes });
        Assert.Equal(ErrorCode.None, reply.Error.Code);
        Assert.Equal(2, fixture.Image.MetadataLevel);
        Assert.Equal(Lanes, fixture.Image.Brokers[1].Lanes);
        Assert.Equal(2, fixture.Log[^1].FeatureLevel);
    }

    [Fact]
    public void Without_lanes_the_level_stays_and_the_registration_says_no_more_than_it_allows()
    {
        var fixture = OfTheFirstRelease();
        Assert.Equal(ErrorCode.None, fixture.Do(ControllerFixture.Registration(1, 5000)).Error.Code);
        Assert.Equal(1, fixture.Image.MetadataLevel);
        Assert.Equal(ImageBytes.Of(fixture.Image), ImageBytes.Of(ImageBytes.RoundTrip(fixture.Image)));
    }

    [Fact]
    public void Lanes_are_refused_while_another_broker_may_read_less()
    {
        var fixture = OfTheFirstRelease(2);
        Assert.Equal(ErrorCode.UnsupportedVersion, fixture.Do(ControllerFixture.Registration(1, 5000) with { Lanes = Lanes }).Error.Code);
        Assert.Equal(1, fixture.Image.MetadataLevel);
    }

    [Fact]
    public void The_level_is_not_raised_above_what_a_broker_reads()
    {
        var fixture = OfTheFirstRelease(2);
        var error = Raise(fixture, 2);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, error.Code);
        Assert.Contains("Broker 2 only supports versions 1-1", error.Message);
    }

    [Fact]
    public void A_broker_that_reads_less_than_the_level_may_not_register()
    {
        var fixture = new ControllerFixture();
        var reply = fixture.Do(ControllerFixture.Registration(2, 7) with { MetadataLevel = 1 });
        Assert.Equal(ErrorCode.UnsupportedVersion, reply.Error.Code);
        Assert.False(fixture.Image.Brokers.ContainsKey(2));
    }

    [Fact]
    public void The_level_is_never_lowered_nor_set_to_what_nobody_knows()
    {
        var fixture = new ControllerFixture();
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Raise(fixture, 1).Code);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Raise(fixture, 0).Code);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Raise(fixture, MetadataFeature.Level + 1).Code);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Raise(fixture, 1, "nothing.known").Code);
        Assert.Equal(ErrorCode.None, Raise(fixture, MetadataFeature.Level).Code);
    }

    [Fact]
    public void Validation_alone_changes_nothing()
    {
        var fixture = OfTheFirstRelease();
        Assert.True(fixture.Do(new SetFeatureLevel(MetadataFeature.Name, 2) { ValidateOnly = true }).Error.IsNone);
        Assert.Equal(1, fixture.Image.MetadataLevel);
    }
}
