using System.Collections.Immutable;
using ActorBroker.Core.Membership;

namespace ActorBroker.Core.Tests.Membership;

public sealed class FormationWatchTests
{
    private static readonly ImmutableArray<int> Voters = [1, 2, 3];

    private readonly FormationWatch _watch = new(1, 1_000);

    [Fact]
    public void A_cluster_to_which_no_majority_comes_is_given_up_once()
    {
        Assert.False(_watch.Tick([1], Voters, 500));
        Assert.False(_watch.Tick([1, 9], Voters, 1_499));
        Assert.True(_watch.Tick([1, 9], Voters, 1_500));
        Assert.False(_watch.Tick([1], Voters, 9_000));
    }

    [Fact]
    public void Once_a_majority_has_joined_the_cluster_is_one_whoever_leaves_later()
    {
        Assert.False(_watch.Tick([1], Voters, 500));
        Assert.False(_watch.Tick([1, 3], Voters, 1_499));
        Assert.False(_watch.Tick([1], Voters, 9_000));
        Assert.False(_watch.Tick([1], Voters, 19_000));
    }

    [Fact]
    public void The_only_voter_is_its_own_majority_and_time_counts_from_when_voters_are_known()
    {
        Assert.False(_watch.Tick([1], [], 0));
        Assert.False(_watch.Tick([1], Voters, 5_000));
        var alone = new FormationWatch(1, 1_000);
        Assert.False(alone.Tick([], [1], 0));
        Assert.False(alone.Tick([], [1], 2_000));
    }
}
