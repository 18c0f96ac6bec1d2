using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Server.Tests.Cli;

public sealed class ClusterCommandTests
{
    [Fact]
    public async Task The_level_of_the_metadata_is_raised_when_every_node_knows_it_and_not_by_a_dry_run()
    {
        await using var cluster = Three();
        Assert.Contains("could be", (await cluster.RunAsync("upgrade", "--dry-run")).Ok().Output);
        Assert.Empty(cluster.Raised);
        (await cluster.RunAsync("upgrade", "--yes")).Ok();
        Assert.Equal([(MetadataFeature.Name, MetadataFeature.Level)], cluster.Raised);
        cluster.LevelRefusal = "Broker 2 only supports versions 1-1";
        var refused = await cluster.RunAsync("upgrade", "--yes");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("Broker 2 only supports versions 1-1", refused.Error);
        Assert.Single(cluster.Raised);
    }

    [Fact]
    public async Task A_voter_whose_disk_was_lost_is_not_taken_for_one_that_is_there()
    {
        await using var cluster = Three();
        cluster.SilentVoters.Add(2);
        var add = await cluster.RunAsync("voters", "add", "2");
        Assert.Equal(1, add.Exit);
        Assert.Contains("cluster voters remove 2", add.Error);
    }

    [Fact]
    public async Task A_cluster_with_all_its_leaders_replicas_and_voters_is_healthy()
    {
        await using var cluster = Three();
        var run = (await cluster.RunAsync("health", "--nodes", "3")).Ok();
        Assert.Equal("The cluster is healthy.\n", run.Output);
        var status = (await cluster.RunAsync("status", "--format", "json")).Ok().Json;
        Assert.True((bool?)status["healthy"]);
        Assert.Equal((3, 2, 5), ((int?)status["nodesUp"], (int?)status["partitions"], (int?)status["term"]));
    }

    [Theory]
    [InlineData("nodes-down")]
    [InlineData("nodes-missing")]
    [InlineData("voters-missing")]
    [InlineData("offline")]
    [InlineData("under-replicated")]
    [InlineData("moving")]
    public async Task Whatever_is_not_as_it_should_be_is_named_and_ends_with_1(string problem)
    {
        await using var cluster = Three();
        if (problem == "nodes-down") cluster.Down.Add(3);
        if (problem == "voters-missing") cluster.SilentVoters.Add(2);
        if (problem == "offline") cluster.Orders[0] = (-1, [1, 2, 3], [1, 2, 3]);
        if (problem == "under-replicated") cluster.Orders[1] = (2, [2, 3, 1], [2, 1]);
        if (problem == "moving") cluster.Moving.Add(0);
        var run = await cluster.RunAsync("health", "--nodes", problem == "nodes-missing" ? "4" : "0", "--format", "json");
        Assert.Equal(1, run.Exit);
        Assert.Equal(problem, (string?)Assert.Single(run.Json["problems"]!.AsArray())!["problem"]);
    }

    [Fact]
    public async Task Health_waits_until_the_replicas_have_caught_up()
    {
        await using var cluster = Three();
        cluster.Orders[0] = (1, [1, 2, 3], [1]);
        cluster.OnMetadata = count =>
        {
            if (count >= 3) cluster.Orders[0] = (1, [1, 2, 3], [1, 2, 3]);
        };
        (await cluster.RunAsync("health", "--exit-when-healthy")).Ok();
        Assert.True(cluster.Count(ApiKey.Metadata) >= 3);
    }

    [Fact]
    public async Task Health_gives_up_when_the_time_is_over_and_says_what_is_still_wrong()
    {
        await using var cluster = Three();
        cluster.Orders[0] = (1, [1, 2, 3], [1]);
        var run = await cluster.RunAsync("health", "--exit-when-healthy", "--timeout", "600ms");
        Assert.Equal(1, run.Exit);
        Assert.Contains("orders-0", run.Output);
    }

    [Fact]
    public async Task A_new_node_gets_its_share_with_one_command()
    {
        await using var cluster = new FakeCluster(4, 3);
        for (var i = 0; i < 4; i++) cluster.Orders.Add((i % 3 + 1, [i % 3 + 1, (i + 1) % 3 + 1, (i + 2) % 3 + 1], [1, 2, 3]));
        var plan = (await cluster.RunAsync("rebalance", "--dry-run")).Ok();
        Assert.Contains("partitions would be moved.", plan.Output);
        Assert.Equal(0, cluster.Count(ApiKey.AlterPartitionReassignments));
        var run = (await cluster.RunAsync("rebalance", "--wait")).Ok();
        Assert.Contains("partitions moved", run.Error);
        Assert.All(cluster.Nodes, node => Assert.Equal(3, cluster.Orders.Count(partition => partition.Replicas.Contains(node))));
        Assert.All(cluster.Nodes, node => Assert.Equal(1, cluster.Orders.Count(partition => partition.Leader == node)));
        Assert.Equal("Nothing is to be moved.\n", (await cluster.RunAsync("rebalance")).Ok().Output);
    }

    [Fact]
    public async Task Nothing_is_spread_while_a_node_with_replicas_is_down()
    {
        await using var cluster = Three();
        cluster.Down.Add(2);
        var run = await cluster.RunAsync("rebalance", "--wait");
        Assert.Equal((1, 0), (run.Exit, cluster.Count(ApiKey.AlterPartitionReassignments)));
        Assert.Contains("node 2 is down", run.Error);
    }

    [Fact]
    public async Task A_decommissioned_node_is_emptied_and_forgotten_once_it_is_down()
    {
        await using var cluster = new FakeCluster(4, 3);
        cluster.Orders.Add((4, [4, 1, 2], [4, 1, 2]));
        cluster.Orders.Add((1, [1, 4, 3], [1, 4, 3]));
        cluster.OnMetadata = _ =>
        {
            if (cluster.Orders.All(partition => !partition.Replicas.Contains(4))) cluster.Down.Add(4);
        };
        (await cluster.RunAsync("decommission", "4", "--yes")).Ok();
        Assert.Contains(4, cluster.Drained);
        Assert.Equal([4], cluster.Unregistered);
        Assert.All(cluster.Orders, partition => Assert.DoesNotContain(4, partition.Replicas));
    }

    [Fact]
    public async Task A_voter_and_a_node_without_heirs_are_not_decommissioned()
    {
        await using var voters = Three();
        var voter = await voters.RunAsync("decommission", "2", "--yes");
        Assert.Equal(1, voter.Exit);
        Assert.Contains("cluster voters remove 2", voter.Error);
        await using var stuck = new FakeCluster(3, 1);
        stuck.Orders.Add((1, [1, 2, 3], [1, 2, 3]));
        var alone = await stuck.RunAsync("decommission", "3", "--yes");
        Assert.Equal(1, alone.Exit);
        Assert.Contains("nowhere to go", alone.Error);
        Assert.Empty(stuck.Drained);
    }

    [Fact]
    public async Task A_drained_node_leads_nothing_until_that_is_undone()
    {
        await using var cluster = Three();
        (await cluster.RunAsync("drain", "1")).Ok();
        Assert.Equal([1], cluster.Drained);
        Assert.DoesNotContain(cluster.Orders, partition => partition.Leader == 1);
        Assert.Contains("drained", (await cluster.RunAsync("nodes")).Ok().Output);
        (await cluster.RunAsync("drain", "1", "--undo")).Ok();
        Assert.Empty(cluster.Drained);
        Assert.Equal(1, cluster.Orders[0].Leader);
    }

    [Fact]
    public async Task A_partition_is_moved_to_the_nodes_that_were_named()
    {
        await using var cluster = Three();
        (await cluster.RunAsync("move", "orders-1", "--to", "3,1", "--wait")).Ok();
        Assert.Equal([3, 1], cluster.Orders[1].Replicas);
        Assert.Equal(3, cluster.Orders[1].Leader);
        var unknown = await cluster.RunAsync("move", "orders-1", "--to", "7");
        Assert.Equal(1, unknown.Exit);
        Assert.Contains("its nodes are 1, 2, 3", unknown.Error);
        Assert.Equal(2, (await cluster.RunAsync("move", "orders", "--to", "1")).Exit);
        Assert.Equal(2, (await cluster.RunAsync("move", "orders-1")).Exit);
    }

    [Fact]
    public async Task Nodes_and_partitions_are_suggested()
    {
        await using var cluster = Three();
        var nodes = $"actorbroker cluster drain --bootstrap {cluster.Address} ";
        Assert.Contains("3", (await CommandRun.OfAsync($"[suggest:{nodes.Length}]", nodes)).Ok().Output.Split('\n'));
        var partitions = $"actorbroker cluster move --bootstrap {cluster.Address} or";
        Assert.Contains("orders-1", (await CommandRun.OfAsync($"[suggest:{partitions.Length}]", partitions)).Ok().Output.Split('\n'));
    }

    private static FakeCluster Three()
    {
        var cluster = new FakeCluster(3, 3);
        cluster.Orders.Add((1, [1, 2, 3], [1, 2, 3]));
        cluster.Orders.Add((2, [2, 3, 1], [2, 3, 1]));
        return cluster;
    }
}
