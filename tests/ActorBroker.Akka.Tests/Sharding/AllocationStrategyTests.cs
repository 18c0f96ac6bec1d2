using System.Collections.Immutable;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Util;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class AllocationStrategyTests : ActorTest
{
    private readonly IActorRef[] _regions;

    public AllocationStrategyTests() => _regions = [.. Enumerable.Range(0, 3).Select(i => new RemoteLike(i + 1))];

    [Fact]
    public async Task A_shard_goes_to_the_region_with_the_fewest()
    {
        var strategy = new Fixed(Members(MemberStatus.Up, MemberStatus.Up, MemberStatus.Up), 1, 3);

        Assert.Equal(_regions[1], await strategy.AllocateShard(_regions[0], "9", Shards(2, 1, 2)));
    }

    [Fact]
    public async Task A_member_that_leaves_gets_no_shard()
    {
        var strategy = new Fixed(Members(MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Up), 1, 3);

        Assert.Equal(_regions[2], await strategy.AllocateShard(_regions[0], "9", Shards(3, 0, 2)));
    }

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 10, 2)]
    public async Task The_older_algorithm_takes_as_many_as_its_threshold_from_the_fullest(int threshold, int simultaneous, int expected)
    {
        var strategy = new Fixed(Members(MemberStatus.Up, MemberStatus.Up, MemberStatus.Up), threshold, simultaneous);

        var moved = await strategy.Rebalance(Shards(6, 1, 2), ImmutableHashSet<string>.Empty);

        Assert.Equal(expected, moved.Count);
        Assert.All(moved, s => Assert.StartsWith("0-", s));
    }

    [Fact]
    public async Task Nothing_moves_while_a_member_joins_or_is_unreachable()
    {
        var joining = new Fixed(Members(MemberStatus.Up, MemberStatus.Up, MemberStatus.Joining), 1, 3);
        var unreachable = new Fixed(Members(MemberStatus.Up, MemberStatus.Up, MemberStatus.Up), 1, 3) { UnreachablePort = 2 };

        Assert.Empty(await joining.Rebalance(Shards(6, 1, 2), ImmutableHashSet<string>.Empty));
        Assert.Empty(await unreachable.Rebalance(Shards(6, 1, 2), ImmutableHashSet<string>.Empty));
    }

    [Fact]
    public void Hash_codes_of_strings_never_change()
    {
        // Known answers: a different hash would put entities of a running cluster into other shards.
        Assert.Equal(-1632357289, MurmurHash.StringHash(""));
        Assert.Equal(1561762017, MurmurHash.StringHash("a"));
        Assert.Equal(1967728568, MurmurHash.StringHash("abc"));
        Assert.Equal(-1493432629, MurmurHash.StringHash("entity-42"));
        var spread = Enumerable.Range(0, 10_000).GroupBy(i => Math.Abs(MurmurHash.StringHash($"entity-{i}") % 10)).Select(g => g.Count()).ToArray();
        Assert.Equal(10, spread.Length);
        Assert.All(spread, n => Assert.InRange(n, 850, 1150));
    }

    [Fact]
    public void The_hash_code_extractor_maps_an_entity_to_one_of_its_shards()
    {
        var extractor = HashCodeMessageExtractor.Create(7, m => m as string, m => m.ToString()!.Length);

        Assert.Equal("e", extractor.EntityId("e"));
        Assert.Equal(1, extractor.EntityMessage("e"));
        Assert.Null(extractor.EntityId(3));
        Assert.Equal(extractor.ShardId("e"), extractor.ShardId("e", "anything"));
        Assert.InRange(int.Parse(extractor.ShardId("e")), 0, 6);
    }

    private static ClusterEvent.CurrentClusterState Members(params MemberStatus[] statuses) => new(
        [.. statuses.Select((s, i) => new Member(
            new UniqueAddress(RemoteLike.At(i + 1), i + 1), i + 1, s, ["r"], AppVersion.Zero))],
        [], [], null, ImmutableDictionary<string, Address?>.Empty);

    private IImmutableDictionary<IActorRef, IImmutableList<string>> Shards(params int[] counts) => counts
        .Select((count, region) => (region, shards: Enumerable.Range(0, count).Select(i => $"{region}-{i}").ToImmutableList()))
        .ToImmutableDictionary(r => _regions[r.region], r => (IImmutableList<string>)r.shards);

#pragma warning disable CS0618 // the older algorithm is the default
    private sealed class Fixed(ClusterEvent.CurrentClusterState state, int threshold, int simultaneous)
        : global::Akka.Cluster.Sharding.LeastShardAllocationStrategy(threshold, simultaneous)
    {
        public int UnreachablePort { get; init; }

        protected override ClusterEvent.CurrentClusterState ClusterState => UnreachablePort == 0 ? state : state.Copy(
            null, [.. state.Members.Where(m => m.Address.Port == UnreachablePort)], null, null, null);

        protected override Member SelfMember => state.Members.First();
    }
#pragma warning restore CS0618

    /// <summary>A reference with a node's address.</summary>
    private sealed class RemoteLike(int port) : ActorRefBase
    {
        public override ActorPath Path { get; } = new RootActorPath(At(port)) / "region";

        public static Address At(int port) => new("akka.tcp", "sys", "127.0.0.1", port);

        protected override void TellInternal(object message, IActorRef sender)
        {
        }
    }
}
