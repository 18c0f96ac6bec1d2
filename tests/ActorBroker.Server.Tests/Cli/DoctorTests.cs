using ActorBroker.Protocol;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Doctor;

namespace ActorBroker.Server.Tests.Cli;

public sealed class DoctorTests
{
    private static readonly BrokerAddress Remote = new("10.0.0.5", 9092);

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.6", false)]
    [InlineData("broker.example", false)]
    public void An_advertised_address_that_works_on_the_broker_alone_is_a_failure(string advertised, bool wrong) =>
        Assert.Equal(wrong, ListenerChecks.Mistake([Remote], new BrokerAddress(advertised, 9092))?.Level == FindingLevel.Failure);

    [Fact]
    public void A_loopback_cluster_may_advertise_loopback() =>
        Assert.Null(ListenerChecks.Mistake([new BrokerAddress("127.0.0.1", 9092)], new BrokerAddress("localhost", 9092)));

    [Fact]
    public void Offline_partitions_are_a_failure_and_named()
    {
        var finding = PartitionChecks.Leaders([(new("t", 0), Partition(1, 1)), (new("t", 1), Partition(-1, 0))]);
        Assert.Equal(FindingLevel.Failure, finding.Level);
        Assert.Contains("t-1", finding.Text);
    }

    [Fact]
    public void Missing_replicas_are_a_warning_that_names_their_brokers()
    {
        var finding = PartitionChecks.Replicas([(new("t", 0), Partition(1, 2))]);
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("broker 3", finding.Text);
    }

    [Theory]
    [InlineData(3, 3, 2, null)]
    [InlineData(3, 1, 2, FindingLevel.Failure)]
    [InlineData(2, 2, 2, FindingLevel.Warning)]
    [InlineData(1, 1, 1, FindingLevel.Warning)]
    [InlineData(1, 1, 2, FindingLevel.Failure)]
    public void Writes_need_min_isr_replicas_and_one_to_spare(int replicas, int inSync, int min, object? level)
    {
        var partition = new PartitionView(0, 1, 0, [.. Enumerable.Range(1, replicas)], [.. Enumerable.Range(1, inSync)], [], ErrorCode.None);
        Assert.Equal(level, PartitionChecks.MinIsr(new TopicView("t", default, false, ErrorCode.None, [partition]), min, true)?.Level);
    }

    private static PartitionView Partition(int leader, int inSync) =>
        new(0, leader, 0, [1, 2, 3], [.. Enumerable.Range(1, leader < 0 ? 0 : inSync == 1 ? 3 : inSync)], [], ErrorCode.None);
}
