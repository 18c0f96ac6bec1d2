using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>
/// Who has everything although it is not in sync (KIP-966): with min.insync.replicas = 2 nothing is committed while one replica is in sync.
/// </summary>
public class EligibleLeaderTests
{
    private static readonly ConfigResource Topic = new(ConfigResourceType.Topic, "t");

    private readonly ControllerFixture _controller = new(brokers: 3);

    public EligibleLeaderTests() => _controller.Create(_controller.Assigned("t", (0, [1, 2, 3]))
        with { Configs = [KeyValuePair.Create("min.insync.replicas", (string?)"2")] });

    private string Now
    {
        get
        {
            var partition = _controller.Partition("t");
            return $"leader {partition.Leader} isr [{string.Join(",", partition.Isr)}] elr [{string.Join(",", partition.Elr)}] " +
                   $"last [{string.Join(",", partition.LastKnownElr)}]";
        }
    }

    private void Fence(int id, bool isFenced = true) =>
        Assert.True(_controller.Do(new FenceBroker(id, _controller.Image.Brokers[id].Incarnation, isFenced)).Error.IsNone);

    private void Restart(int id, bool isClean, Uuid? directory = null) =>
        _controller.Do(Registration(id, _controller.Image.Brokers[id].Incarnation + 100, isClean: isClean, directory: directory));

    private void Configure(string value) => _controller.Do(new AlterConfigs(
        [new ResourceToAlter(Topic, [new ConfigOperation("min.insync.replicas", ConfigOperationType.Set, value)])], false));

    [Fact]
    public void Nobody_is_eligible_while_enough_are_in_sync()
    {
        Fence(3);
        Assert.Equal("leader 1 isr [1,2] elr [] last []", Now);
    }

    [Fact]
    public void A_replica_that_falls_out_below_the_minimum_is_eligible_and_leads_when_the_last_one_goes()
    {
        Fence(3);
        Fence(2);
        Assert.Equal("leader 1 isr [1] elr [2] last []", Now);
        Fence(1);
        Assert.Equal("leader -1 isr [1] elr [2] last []", Now);
        Fence(3, false);
        Assert.Equal("leader -1 isr [1] elr [2] last []", Now);
        Fence(2, false);
        Assert.Equal("leader 2 isr [2] elr [1] last []", Now);
    }

    [Fact]
    public void An_eligible_replica_that_stops_uncleanly_is_only_remembered()
    {
        Fence(3);
        Fence(2);
        Fence(1);
        Restart(2, isClean: false);
        Fence(2, false);
        Assert.Equal("leader -1 isr [1] elr [] last [2]", Now);
    }

    [Fact]
    public void An_eligible_replica_that_stops_cleanly_stays_eligible()
    {
        Fence(3);
        Fence(2);
        Fence(1);
        Restart(2, isClean: true);
        Fence(2, false);
        Assert.Equal("leader 2 isr [2] elr [1] last []", Now);
    }

    [Fact]
    public void The_last_in_sync_replica_leaves_after_an_unclean_stop_when_another_is_eligible()
    {
        Fence(3);
        Fence(2);
        Fence(1);
        Restart(1, isClean: false);
        Fence(1, false);
        Assert.Equal("leader -1 isr [] elr [2] last [1]", Now);
        Fence(2, false);
        Assert.Equal("leader 2 isr [2] elr [] last [1]", Now);
    }

    [Fact]
    public void The_last_eligible_replica_leads_with_what_its_disk_kept()
    {
        Fence(3);
        Fence(2);
        Fence(1);
        Restart(1, isClean: false);
        Restart(2, isClean: false);
        Fence(2, false);
        Assert.Equal("leader 2 isr [2] elr [] last [1]", Now);
    }

    [Fact]
    public void A_lost_log_is_not_even_remembered()
    {
        _controller.Do(new DeleteTopics([new TopicReference("t", Uuid.Zero)]));
        var id = _controller.NewId();
        _controller.Machine.Apply(new MetadataBatch(1,
        [
            new TopicCreated("t", id), new ConfigChanged(Topic, "min.insync.replicas", "2"),
            new PartitionsAdded(id, [new PartitionImage([1, 2, 3], [1, 2, 3], 1, 0, 0, [DirectoryOf(1), DirectoryOf(2), DirectoryOf(3)])]),
        ]));
        Fence(3);
        Fence(2);
        Restart(2, isClean: true, directory: new Uuid(1, 1));
        Assert.Equal("leader 1 isr [1] elr [] last []", Now);
    }

    [Fact]
    public void The_list_is_emptied_when_enough_are_in_sync_again()
    {
        Fence(3);
        Fence(2);
        Fence(2, false);
        var partition = _controller.Partition("t");
        Assert.True(_controller.Do(new AlterPartition(1, IncarnationOf(1), _controller.Image.Topics["t"].Id, 0, partition.LeaderEpoch,
            partition.PartitionEpoch, [new IsrMember(1, IncarnationOf(1)), new IsrMember(2, IncarnationOf(2))])).Error.IsNone);
        Assert.Equal("leader 1 isr [1,2] elr [] last []", Now);
    }

    [Fact]
    public void Another_minimum_makes_nobody_eligible()
    {
        Fence(3);
        Fence(2);
        var before = _controller.Partition("t");
        Configure("1");
        Assert.Equal("leader 1 isr [1] elr [] last []", Now);
        Assert.Equal(before.PartitionEpoch + 1, _controller.Partition("t").PartitionEpoch);
    }

    [Fact]
    public void An_unclean_election_forgets_who_was_eligible()
    {
        Fence(3);
        Fence(2);
        Fence(1);
        Fence(3, false);
        Assert.True(_controller.Do(new ElectLeader("t", 0, true)).Error.IsNone);
        Assert.Equal("leader 3 isr [3] elr [] last []", Now);
    }
}
