using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Controller.ConfigOperationType;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>R73, with the codes and words of Kafka 4.3.1.</summary>
public class ConfigChangesTests
{
    private static readonly ConfigResource Topic = new(ConfigResourceType.Topic, "t");
    private static readonly ConfigResource AllBrokers = new(ConfigResourceType.Broker, "");
    private static readonly ConfigResource Broker1 = new(ConfigResourceType.Broker, "1");
    private readonly ControllerFixture _controller = new();

    public ConfigChangesTests() => _controller.Create(_controller.Topic("t"));

    private KafkaError Alter(ConfigResource resource, params (string Name, ConfigOperationType Type, string? Value)[] operations) =>
        _controller.Do(new AlterConfigs(
            [new ResourceToAlter(resource, [.. operations.Select(set => new ConfigOperation(set.Name, set.Type, set.Value))])], false))
                .Resources[0].Error;

    private KafkaError Replace(ConfigResource resource, params (string Name, string? Value)[] configs) =>
        _controller.Do(new ReplaceConfigs(
            [new ResourceToReplace(resource, [.. configs.Select(set => KeyValuePair.Create(set.Name, set.Value))])], false)).Resources[0]
                .Error;

    private string? Config(ConfigResource resource, string name) =>
        _controller.Image.Configs.TryGetValue(resource, out var configs) ? configs.GetValueOrDefault(name) : null;

    private static void AssertError(ErrorCode code, string message, KafkaError error) => Assert.Equal(new KafkaError(code, message), error);

    [Fact]
    public void A_key_is_set_and_deleted()
    {
        Assert.True(Alter(Topic, ("retention.ms", Set, "5000")).IsNone);
        Assert.Equal("5000", Config(Topic, "retention.ms"));
        Assert.True(Alter(Topic, ("retention.ms", Delete, null)).IsNone);
        Assert.Null(Config(Topic, "retention.ms"));
        Assert.True(Alter(Topic, ("retention.ms", Delete, "ignored"), ("nokey", Delete, null)).IsNone);
    }

    [Fact]
    public void Appending_starts_from_the_value_that_is_in_force()
    {
        Assert.True(Alter(Topic, ("cleanup.policy", Append, "compact")).IsNone);
        Assert.Equal("delete,compact", Config(Topic, "cleanup.policy"));
        Assert.True(Alter(Topic, ("cleanup.policy", Append, "compact")).IsNone);
        Assert.True(Alter(Topic, ("cleanup.policy", Subtract, "delete")).IsNone);
        Assert.Equal("compact", Config(Topic, "cleanup.policy"));
        Assert.True(Alter(Topic, ("cleanup.policy", Subtract, "compact")).IsNone);
        Assert.Equal("", Config(Topic, "cleanup.policy"));
    }

    [Fact]
    public void Only_lists_can_be_appended_to()
    {
        AssertError(ErrorCode.InvalidConfig, "Can't APPEND to key retention.ms because its type is not LIST.",
            Alter(Topic, ("retention.ms", Append, "1")));
        AssertError(
            ErrorCode.InvalidConfig, "Can't SUBTRACT to key retention.ms because its type is not LIST.",
                Alter(Topic, ("retention.ms", Subtract, "1")));
    }

    [Fact]
    public void Wrong_values_are_refused_as_a_whole()
    {
        AssertError(ErrorCode.InvalidConfig, "Invalid value abc for configuration retention.ms: Not a number of type LONG",
            Alter(Topic, ("segment.ms", Set, "5"), ("retention.ms", Set, "abc")));
        Assert.Null(Config(Topic, "segment.ms"));
        AssertError(ErrorCode.InvalidConfig, "Unknown topic config name: nokey", Alter(Topic, ("nokey", Set, "1")));
        AssertError(ErrorCode.InvalidRequest, "Null value not supported for : retention.ms", Alter(Topic, ("retention.ms", Set, null)));
        AssertError(ErrorCode.InvalidRequest, "Error due to duplicate config keys",
            Alter(Topic, ("retention.ms", Set, "1"), ("retention.ms", Set, "2")));
        AssertError(ErrorCode.InvalidConfig, "Invalid value bogus for configuration cleanup.policy: String must be one of: compact, delete",
            Alter(Topic, ("cleanup.policy", Append, "bogus")));
        Assert.Equal(ErrorCode.InvalidRequest, Alter(Topic, ("retention.ms", (ConfigOperationType)9, "1")).Code);
    }

    [Fact]
    public void A_change_is_judged_together_with_what_is_set_already()
    {
        Assert.True(Alter(Topic, ("min.compaction.lag.ms", Set, "100")).IsNone);
        AssertError(ErrorCode.InvalidConfig, "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (10)",
            Alter(Topic, ("max.compaction.lag.ms", Set, "10")));
    }

    [Theory]
    [InlineData(ConfigResourceType.Topic, "", ErrorCode.InvalidRequest, "Default topic resources are not allowed.")]
    [InlineData(ConfigResourceType.Topic, "nope", ErrorCode.UnknownTopicOrPartition, "The topic 'nope' does not exist.")]
    [InlineData(ConfigResourceType.Topic, "bad name", ErrorCode.InvalidTopicException,
        "Topic name is invalid: 'bad name' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData(ConfigResourceType.Group, "", ErrorCode.InvalidRequest, "Default group resources are not allowed.")]
    [InlineData(ConfigResourceType.Broker, "abc", ErrorCode.InvalidRequest, "Node id must be an integer, but it is: abc")]
    [InlineData((ConfigResourceType)3, "x", ErrorCode.InvalidRequest, "Unknown resource type 3")]
    public void A_resource_that_cannot_have_configs_is_refused(ConfigResourceType type, string name, ErrorCode code, string message)
    {
        var resource = new ConfigResource(type, name);
        AssertError(code, message, Alter(resource, ("retention.ms", Set, "1")));
        AssertError(code, message, Replace(resource, ("retention.ms", "1")));
    }

    [Fact]
    public void A_resource_that_stands_twice_is_refused_both_times()
    {
        var change = new ResourceToAlter(Topic, [new ConfigOperation("retention.ms", Set, "1")]);
        var reply = _controller.Do(new AlterConfigs([change, change], false));
        Assert.All(reply.Resources, resource =>
            AssertError(ErrorCode.InvalidRequest, "Each resource must appear at most once.", resource.Error));
        Assert.Null(Config(Topic, "retention.ms"));
    }

    [Fact]
    public void Validate_only_changes_nothing()
    {
        var reply = _controller.Do(new AlterConfigs([new ResourceToAlter(Topic, [new ConfigOperation("retention.ms", Set, "1")])], true));
        Assert.True(reply.Resources[0].Error.IsNone);
        Assert.Null(Config(Topic, "retention.ms"));
    }

    [Fact]
    public void Replacing_takes_away_what_is_not_named()
    {
        Alter(Topic, ("retention.ms", Set, "1"), ("segment.ms", Set, "2"));
        Assert.True(Replace(Topic, ("segment.ms", "3")).IsNone);
        Assert.Null(Config(Topic, "retention.ms"));
        Assert.Equal("3", Config(Topic, "segment.ms"));
        AssertError(ErrorCode.InvalidRequest, "Null value not supported for : segment.ms", Replace(Topic, ("segment.ms", null)));
        AssertError(ErrorCode.InvalidRequest, "Error due to duplicate config keys",
            Replace(Topic, ("segment.ms", "1"), ("segment.ms", "2")));
    }

    [Fact]
    public void Brokers_change_only_what_may_change_at_run_time()
    {
        Assert.True(Alter(Broker1, ("log.cleaner.threads", Set, "2")).IsNone);
        AssertError(ErrorCode.InvalidRequest, "Cannot update these configs dynamically: [num.partitions]",
            Alter(Broker1, ("num.partitions", Set, "3")));
        AssertError(ErrorCode.InvalidRequest,
            "Cannot update these configs at default cluster level, broker id must be specified: [listeners]",
            Alter(AllBrokers, ("listeners", Set, "PLAINTEXT://:1")));
        AssertError(ErrorCode.InvalidRequest,
            "These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.password]",
            Alter(AllBrokers, ("ssl.keystore.password", Set, "x")));
        AssertError(ErrorCode.InvalidRequest, "Invalid value x for configuration log.cleaner.threads: Not a number of type INT",
            Alter(Broker1, ("log.cleaner.threads", Set, "x")));
        AssertError(ErrorCode.InvalidRequest, "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
            Alter(Broker1, ("log.retention.ms", Set, "0")));
        Assert.True(Alter(AllBrokers, ("unknown.key", Set, "1")).IsNone);
    }

    [Fact]
    public void The_clusters_minimum_of_in_sync_replicas_can_be_set_but_not_removed()
    {
        Assert.Equal("1", Config(AllBrokers, "min.insync.replicas"));
        Assert.True(Alter(AllBrokers, ("min.insync.replicas", Set, "2")).IsNone);
        AssertError(ErrorCode.InvalidConfig, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.",
            Alter(AllBrokers, ("min.insync.replicas", Delete, null)));
        AssertError(ErrorCode.InvalidConfig, "Broker-level min.insync.replicas cannot be altered while ELR is enabled.",
            Alter(Broker1, ("min.insync.replicas", Set, "2")));
        Assert.True(Replace(AllBrokers, ("log.cleaner.threads", "2")).IsNone);
        Assert.Equal("2", Config(AllBrokers, "min.insync.replicas"));
    }

    [Theory]
    [InlineData("consumer.session.timeout.ms", "50000", null)]
    [InlineData("consumer.session.timeout.ms", "abc",
        "Invalid value abc for configuration consumer.session.timeout.ms: Not a number of type INT")]
    [InlineData("consumer.session.timeout.ms", "5",
        "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms")]
    [InlineData("consumer.heartbeat.interval.ms", "50000",
        "consumer.heartbeat.interval.ms must be less than or equal to group.consumer.max.heartbeat.interval.ms")]
    [InlineData("share.record.lock.duration.ms", "90000",
        "share.record.lock.duration.ms must be less than or equal to group.share.max.record.lock.duration.ms")]
    [InlineData("share.record.lock.duration.ms", "1",
        "Invalid value 1 for configuration share.record.lock.duration.ms: Value must be at least 1000")]
    [InlineData("share.isolation.level", "foo",
        "Invalid value foo for configuration share.isolation.level: String must be one of: read_committed, read_uncommitted")]
    [InlineData("foo", "1", "Unknown group config name: foo")]
    public void A_groups_configs_stay_within_the_brokers_bounds(string name, string value, string? message)
    {
        var error = Alter(new ConfigResource(ConfigResourceType.Group, "g"), (name, Set, value));
        Assert.Equal((message is null ? ErrorCode.None : ErrorCode.InvalidConfig, message), (error.Code, error.Message));
    }
}
