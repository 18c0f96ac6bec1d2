using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>What Kafka's own integration tests ask of three nodes that all run (<c>clients/java/ClusterCases.java</c>).</summary>
public sealed class KafkaCasesTests(JavaTools java) : IClassFixture<JavaTools>
{
    /// <summary>A follower of ours has no answer for the replica -2, by which Kafka's own tools once asked followers for offsets.</summary>
    private const string Wanted = "^(?!(testListOffsetsErrorCodes for debugging)$)";

    [SkippableFact]
    public async Task The_cases_of_three_nodes_pass()
    {
        Skip.If(BrokerKind.IsKafka, "the cluster is of this checkout's nodes");
        await using var cluster = await TestCluster.Start(3, isolated: false, "auto.leader.rebalance.enable=false", "default.replication.factor=3");
        var (status, said) = await java.Call("Cases", ["cluster", cluster.Bootstrap, Wanted], seconds: 110);
        Assert.True(status == 0, $"{said}\n{cluster.Report()}");
    }
}
