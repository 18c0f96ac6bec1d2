using System.Collections.Immutable;
using System.Runtime.Serialization;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Sharding.Serialization;
using Akka.Cluster.Tools.Singleton;
using Akka.Cluster.Tools.Singleton.Serialization;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class SerializerTests : ActorTest
{
    private readonly IActorRef _region;
    private readonly IActorRef _other;
    private readonly ClusterShardingMessageSerializer _serializer;

    public SerializerTests()
        : base(
            ClusterSharding.DefaultConfig().WithFallback(ClusterSingletonManager.DefaultConfig()).ToString(true)
            + "\nakka.actor.serializers.bytes = \"Akka.Serialization.ByteArraySerializer\""
            + "\nakka.actor.serialization-bindings { \"System.Byte[]\" = bytes }"
            + "\nakka.actor.serialization-identifiers { \"Akka.Serialization.ByteArraySerializer\" = 4 }")
    {
        _region = Start((_, _) => { }, "region");
        _other = Start((_, _) => { }, "other");
        _serializer = new ClusterShardingMessageSerializer((ExtendedActorSystem)System);
    }

    [Fact]
    public void Messages_and_events_come_back_as_they_were()
    {
        object[] messages =
        [
            new Register(_region), new RegisterProxy(_region), new RegisterAck(_other), new GetShardHome("1"), new ShardHome("ä", _region),
            new HostShard("1"), new ShardStarted("1"), new BeginHandOff("1"), new BeginHandOffAck("1"), new HandOffFence("1", _other),
            new HandOff("1"), new ShardStopped("1"), new RegionStopped(_region), new GracefulShutdownRequest(_region),
            new ShardRegionRegistered(_region), new ShardRegionProxyRegistered(_other), new ShardRegionTerminated(_region),
            new ShardRegionProxyTerminated(_other), new ShardHomeAllocated("1", _region), new ShardHomeDeallocated(""),
            new ShardRegion.StartEntity("e"), new StartEntityAck("e", "1"), GetCurrentRegions.Instance,
        ];
        foreach (var message in messages)
            Assert.Equal(message, RoundTrip(message));
    }

    [Fact]
    public void A_snapshot_comes_back_with_its_shards_in_their_order()
    {
        var state = CoordinatorState.Empty
            .With(new ShardRegionRegistered(_region))
            .With(new ShardRegionRegistered(_other))
            .With(new ShardRegionProxyRegistered(_other))
            .With(new ShardHomeAllocated("b", _region))
            .With(new ShardHomeAllocated("a", _region));

        var read = Assert.IsType<CoordinatorState>(RoundTrip(state));

        Assert.Equal(["b", "a"], read.Regions[_region]);
        Assert.Empty(read.Regions[_other]);
        Assert.Equal(_region, read.Shards["a"]);
        Assert.Equal([_other], read.Proxies);
    }

    [Fact]
    public void An_envelope_takes_its_message_along_with_that_ones_serializer()
    {
        var read = Assert.IsType<ShardingEnvelope>(RoundTrip(new ShardingEnvelope("entity", new byte[] { 1, 2, 3 })));

        Assert.Equal("entity", read.EntityId);
        Assert.Equal([1, 2, 3], Assert.IsType<byte[]>(read.Message));
    }

    [Fact]
    public void Regions_come_back_as_addresses()
    {
        var addresses = ImmutableHashSet.Create(new Address("akka.tcp", "sys", "127.0.0.1", 1), new Address("akka.tcp", "sys", "127.0.0.1", 2));

        var read = Assert.IsType<CurrentRegions>(RoundTrip(new CurrentRegions(addresses)));

        Assert.True(read.Regions.SetEquals(addresses));
    }

    [Fact]
    public void Bytes_that_are_cut_or_too_many_are_refused()
    {
        var manifest = _serializer.Manifest(new ShardHome("shard", _region));
        var bytes = _serializer.ToBinary(new ShardHome("shard", _region));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes[..length], manifest));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([.. bytes, 0], manifest));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([0xff, 0xff, 0xff, 0xff, 0x7f], manifest));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, "ZZ"));
    }

    [Fact]
    public void Hand_over_messages_are_their_manifests()
    {
        var serializer = new ClusterSingletonMessageSerializer((ExtendedActorSystem)System);
        foreach (var message in new IClusterSingletonMessage[] { HandOverToMe.Instance, HandOverInProgress.Instance, HandOverDone.Instance, TakeOverFromMe.Instance })
        {
            Assert.Empty(serializer.ToBinary(message));
            Assert.Equal(message, serializer.FromBinary([], serializer.Manifest(message)));
        }
        Assert.Equal(14, serializer.Identifier);
        Assert.Equal(13, _serializer.Identifier);
        Assert.Throws<SerializationException>(() => serializer.FromBinary([], "E"));
    }

    private object RoundTrip(object message) => _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
