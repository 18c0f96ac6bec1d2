using ActorBroker.Core.Ports;
using ActorBroker.Core.Kernel;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

/// <summary>DescribeConfigs, both ways of altering, ListConfigResources, both calls about log directories, InitProducerId.</summary>
public class ConfigHandlerTests
{
    private readonly AdminFixture _admin = new();

    private Task<DescribeConfigsResponse> DescribeAsync(int version, params DescribeConfigsRequest.DescribeConfigsResource[] resources) =>
        _admin.CallAsync(new DescribeConfigsHandler(_admin.Services), version, new DescribeConfigsRequest
        {
            Resources = [.. resources], IncludeSynonyms = true, IncludeDocumentation = version >= 3,
        });

    private static DescribeConfigsRequest.DescribeConfigsResource Of(sbyte type, string name, params string[] keys) =>
        new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys.Length == 0 ? null : [.. keys] };

    private async Task<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse> AlterAsync(
        sbyte type, string name, string key, string value)
    {
        var response = await _admin.CallAsync(new IncrementalAlterConfigsHandler(_admin.Services), 1, new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new IncrementalAlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = type, ResourceName = name,
                    Configs = [new IncrementalAlterConfigsRequest.AlterableConfig { Name = key, Value = value }],
                },
            ],
        });
        return Assert.Single(response.Responses);
    }

    [Fact]
    public async Task A_topics_configs_come_with_source_type_synonyms_and_words()
    {
        _admin.Create("t", 1, ("retention.ms", "5000"));
        var result = Assert.Single((await DescribeAsync(4, Of(2, "t", "retention.ms", "cleanup.policy", "nokey"))).Results);
        Assert.Equal((ErrorCode.None, ""), (result.ErrorCode, result.ErrorMessage));
        Assert.Equal(["cleanup.policy", "retention.ms"], result.Configs.Select(config => config.Name));
        var retention = result.Configs[1];
        Assert.Equal(("5000", (sbyte)1, (sbyte)5, false),
            (retention.Value, retention.ConfigSource, retention.ConfigType, retention.ReadOnly));
        Assert.Equal([("retention.ms", "5000", (sbyte)1)],
            retention.Synonyms.Select(synonym => (synonym.Name, synonym.Value!, synonym.Source)));
        Assert.StartsWith("Milliseconds for which a segment is kept", retention.Documentation);
        Assert.Equal(33, (await DescribeAsync(1, Of(2, "t"))).Results[0].Configs.Count);
    }

    [Fact]
    public async Task A_broker_describes_itself_and_the_default_of_all()
    {
        var own = (await DescribeAsync(4, Of(4, "1"))).Results[0];
        Assert.True(own.Configs.Count > 330);
        var secret = own.Configs.Single(config => config.Name == "ssl.key.password");
        Assert.Equal((true, null, (sbyte)9), (secret.IsSensitive, secret.Value, secret.ConfigType));
        Assert.True(own.Configs.Single(config => config.Name == "broker.id") is { ReadOnly: true, Value: "1", ConfigSource: 4 });
        var all = (await DescribeAsync(4, Of(4, ""))).Results[0];
        Assert.Equal(["min.insync.replicas"], all.Configs.Select(config => config.Name));
    }

    [Theory]
    [InlineData(2, "nope", ErrorCode.UnknownTopicOrPartition, "")]
    [InlineData(2, "", ErrorCode.InvalidTopicException, "Topic name is invalid: the empty string is not allowed")]
    [InlineData(4, "2", ErrorCode.InvalidRequest, "Unexpected broker id, expected 1 or empty string, but received 2")]
    [InlineData(4, "abc", ErrorCode.InvalidRequest, "Broker id must be an integer, but it is: abc")]
    [InlineData(8, "2", ErrorCode.InvalidRequest, "Unexpected broker id, expected 1 but received 2")]
    [InlineData(8, "", ErrorCode.InvalidRequest, "Broker id must not be empty")]
    [InlineData(16, "", ErrorCode.InvalidRequest, "Client metrics subscription name must not be empty")]
    [InlineData(32, "", ErrorCode.InvalidRequest, "Group name must not be empty")]
    public async Task What_cannot_be_described_says_why(sbyte type, string name, ErrorCode code, string message)
    {
        var result = (await DescribeAsync(4, Of(type, name))).Results[0];
        Assert.Equal((code, message), (result.ErrorCode, result.ErrorMessage));
        Assert.Empty(result.Configs);
    }

    [Fact]
    public async Task An_unknown_type_spoils_the_whole_request()
    {
        _admin.Create("t");
        Assert.All((await DescribeAsync(4, Of(2, "t"), Of(3, "x"))).Results, result =>
            Assert.Equal(ErrorCode.InvalidRequest, result.ErrorCode));
    }

    [Fact]
    public async Task Altering_reaches_topics_groups_and_brokers()
    {
        _admin.Create("t");
        Assert.Equal(ErrorCode.None, (await AlterAsync(2, "t", "retention.ms", "5")).ErrorCode);
        Assert.Equal(ErrorCode.None, (await AlterAsync(4, "1", "log.cleaner.threads", "2")).ErrorCode);
        Assert.Equal(ErrorCode.None, (await AlterAsync(4, "", "log.retention.ms", "86400000")).ErrorCode);
        Assert.Equal(ErrorCode.None, (await AlterAsync(32, "g", "consumer.session.timeout.ms", "50000")).ErrorCode);
        var threads = (await DescribeAsync(4, Of(4, "1", "log.cleaner.threads"))).Results[0].Configs[0];
        Assert.Equal(("2", (sbyte)2), (threads.Value, threads.ConfigSource));
    }

    [Theory]
    [InlineData(4, "2", "Unexpected broker id, expected 1, but received 2")]
    [InlineData(4, "abc", "Node id must be an integer, but it is: abc")]
    [InlineData(8, "2", "Unexpected node id. Expected 1, but received 2")]
    [InlineData(3, "x", "Unknown resource type 3")]
    public async Task Another_brokers_configs_are_not_altered_here(sbyte type, string name, string message)
    {
        var result = await AlterAsync(type, name, "log.cleaner.threads", "2");
        Assert.Equal((ErrorCode.InvalidRequest, message, type, name),
            (result.ErrorCode, result.ErrorMessage, result.ResourceType, result.ResourceName));
    }

    [Fact]
    public async Task The_older_way_of_altering_answers_each_resource_in_its_place()
    {
        _admin.Create("t", 1, ("retention.ms", "5"));
        var response = await _admin.CallAsync(new AlterConfigsHandler(_admin.Services), 0, new AlterConfigsRequest
        {
            Resources =
            [
                new AlterConfigsRequest.AlterConfigsResource { ResourceType = 4, ResourceName = "7" },
                new AlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = 2, ResourceName = "t", Configs =
                        [new AlterConfigsRequest.AlterableConfig { Name = "segment.ms", Value = "9" }],
                },
                new AlterConfigsRequest.AlterConfigsResource { ResourceType = 2, ResourceName = "nope" },
            ],
        });
        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            response.Responses.Select(result => result.ErrorCode));
        Assert.Equal(["7", "t", "nope"], response.Responses.Select(result => result.ResourceName));
        var configs = _admin.Current.Configs.Single(pair => pair.Key.Name == "t").Value;
        Assert.Equal(["segment.ms"], configs.Keys);
    }

    [Fact]
    public async Task Resources_with_configs_are_listed_by_type()
    {
        _admin.Create("t");
        await AlterAsync(32, "g", "consumer.session.timeout.ms", "50000");
        var handler = new ListConfigResourcesHandler();
        var all = await _admin.CallAsync(handler, 1, new ListConfigResourcesRequest());
        Assert.Equal([("g", (sbyte)32), ("1", (sbyte)8), ("1", (sbyte)4), ("t", (sbyte)2)],
            all.ConfigResources.Select(resource => (resource.ResourceName, resource.ResourceType)));
        var topics = await _admin.CallAsync(handler, 1, new ListConfigResourcesRequest { ResourceTypes = [2] });
        Assert.Equal(["t"], topics.ConfigResources.Select(resource => resource.ResourceName));
        Assert.Equal(ErrorCode.UnsupportedVersion,
            (await _admin.CallAsync(handler, 1, new ListConfigResourcesRequest { ResourceTypes = [3] })).ErrorCode);
        Assert.Empty((await _admin.CallAsync(handler, 0, new ListConfigResourcesRequest())).ConfigResources);
    }

    [Fact]
    public async Task Subscriptions_of_client_metrics_are_kept_shown_and_listed()
    {
        Assert.Equal(ErrorCode.None, (await AlterAsync(16, "sub", "interval.ms", "1000")).ErrorCode);
        var configs = (await DescribeAsync(4, Of(16, "sub"))).Results[0].Configs;
        Assert.Equal([("interval.ms", "1000", (sbyte)7), ("match", "", 5), ("metrics", "", 5)],
            configs.Select(config => (config.Name, config.Value!, config.ConfigSource)));
        var handler = new ListConfigResourcesHandler();
        var all = await _admin.CallAsync(handler, 1, new ListConfigResourcesRequest { ResourceTypes = [16] });
        Assert.Equal([("sub", (sbyte)16)], all.ConfigResources.Select(resource => (resource.ResourceName, resource.ResourceType)));
        Assert.Equal(["sub"], (await _admin.CallAsync(handler, 0, new ListConfigResourcesRequest())).ConfigResources.Select(found => found.ResourceName));
    }

    [Theory]
    [InlineData("sub", "interval.ms", "5", ErrorCode.InvalidRequest, "Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)")]
    [InlineData("sub", "interval.ms", "x", ErrorCode.InvalidConfig, "Invalid value x for configuration interval.ms: Not a number of type INT")]
    [InlineData("sub", "match", "client_id=[", ErrorCode.InvalidConfig, "Illegal client matching pattern: client_id=[")]
    [InlineData("sub", "match", "foo=a", ErrorCode.InvalidConfig, "Illegal client matching pattern: foo=a")]
    [InlineData("sub", "nope", "1", ErrorCode.InvalidRequest, "Unknown client metrics configuration: nope")]
    [InlineData("", "interval.ms", "1000", ErrorCode.InvalidRequest, "Subscription name can't be empty")]
    public async Task A_subscription_that_cannot_be_is_refused_in_Kafka_s_words(string name, string key, string value, ErrorCode code, string text)
    {
        var answer = await AlterAsync(16, name, key, value);
        Assert.Equal((code, text), (answer.ErrorCode, answer.ErrorMessage));
    }

    [Theory]
    [InlineData("max.connections.per.ip.overrides", "1.2.3.4:b", "For input string: \"b\"")]
    [InlineData("max.connections", "-1", "Invalid value -1 for configuration max.connections: Value must be at least 0")]
    [InlineData("connections.max.idle.ms", "1000", "Cannot update these configs dynamically: [connections.max.idle.ms]")]
    public async Task A_broker_config_that_cannot_change_so_is_refused_in_Kafka_s_words(string key, string value, string text)
    {
        var answer = await AlterAsync(4, "1", key, value);
        Assert.Equal((ErrorCode.InvalidRequest, text), (answer.ErrorCode, answer.ErrorMessage));
    }

    [Fact]
    public async Task Without_an_authorizer_ACLs_are_said_to_be_disabled_and_no_reassignment_is_under_way()
    {
        var described = await _admin.CallAsync(new DescribeAclsHandler(), 3, new DescribeAclsRequest());
        Assert.Equal((ErrorCode.SecurityDisabled, "No Authorizer is configured on the broker"), (described.ErrorCode, described.ErrorMessage));
        var created = await _admin.CallAsync(new CreateAclsHandler(), 3, new CreateAclsRequest { Creations = [new(), new()] });
        Assert.Equal([ErrorCode.SecurityDisabled, ErrorCode.SecurityDisabled], created.Results.Select(result => result.ErrorCode));
        var deleted = await _admin.CallAsync(new DeleteAclsHandler(), 3, new DeleteAclsRequest { Filters = [new()] });
        Assert.Equal("No Authorizer is configured.", Assert.Single(deleted.FilterResults).ErrorMessage);
        Assert.Empty((await _admin.CallAsync(new ListPartitionReassignmentsHandler(), 0, new ListPartitionReassignmentsRequest())).Topics);
    }

    [Fact]
    public async Task There_are_no_quotas_and_no_SCRAM_users()
    {
        var quotas = await _admin.CallAsync(new DescribeClientQuotasHandler(), 1, new DescribeClientQuotasRequest());
        Assert.Equal((ErrorCode.None, 0), (quotas.ErrorCode, quotas.Entries!.Count));
        var unknown = new DescribeClientQuotasRequest { Components = [new() { EntityType = "foo", Match = "x" }] };
        quotas = await _admin.CallAsync(new DescribeClientQuotasHandler(), 1, unknown);
        Assert.Equal((ErrorCode.UnsupportedVersion, "Unsupported entity type foo"), (quotas.ErrorCode, quotas.ErrorMessage));
        var users = new DescribeUserScramCredentialsRequest { Users = [new() { Name = "x" }, new() { Name = "y" }, new() { Name = "y" }] };
        var scram = await _admin.CallAsync(new DescribeUserScramCredentialsHandler(), 0, users);
        Assert.Equal([ErrorCode.ResourceNotFound, ErrorCode.DuplicateResource], scram.Results.Select(result => result.ErrorCode));
    }

    [Theory]
    [InlineData("user", 0, null, "Request specified MATCH_TYPE_EXACT, but set match string to null.")]
    [InlineData("user", 1, "x", "Request specified MATCH_TYPE_DEFAULT, but also specified a match string.")]
    [InlineData("user", 2, "x", "Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.")]
    [InlineData("user", 9, "x", "Unknown match type 9")]
    [InlineData("", 0, "x", "Invalid empty entity type.")]
    public async Task A_filter_of_quotas_that_cannot_be_meant_is_refused(string type, sbyte how, string? match, string why)
    {
        var request = new DescribeClientQuotasRequest { Components = [new() { EntityType = type, MatchType = how, Match = match }] };
        var refused = await _admin.CallAsync(new DescribeClientQuotasHandler(), 1, request);
        Assert.Equal((ErrorCode.InvalidRequest, why, null), (refused.ErrorCode, refused.ErrorMessage, refused.Entries));
    }

    [Theory]
    [InlineData("user", "Entity type user cannot appear more than once in the filter.")]
    [InlineData("ip", "Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.")]
    public async Task Components_of_a_filter_of_quotas_that_exclude_each_other_are_refused(string second, string why)
    {
        var request = new DescribeClientQuotasRequest
        {
            Components = [new() { EntityType = "user", MatchType = 1, Match = null }, new() { EntityType = second, MatchType = 1, Match = null }],
        };
        var refused = await _admin.CallAsync(new DescribeClientQuotasHandler(), 1, request);
        Assert.Equal((ErrorCode.InvalidRequest, why), (refused.ErrorCode, refused.ErrorMessage));
    }

    [Fact]
    public async Task Log_directories_show_the_replicas_that_were_asked_for()
    {
        _admin.Directories.Add(new LogDirectoryDescription("/data", new Uuid(1, 1), ErrorCode.None, 1000, 400,
            [new(new TopicPartition("a", 0), 7, 0, false), new(new TopicPartition("a", 1), 8, 0, false),
                new(new TopicPartition("b", 0), 9, 0, false)]));
        async Task<string> Show(List<DescribeLogDirsRequest.DescribableLogDirTopic>? topics)
        {
            var response = await _admin.CallAsync(
                new DescribeLogDirsHandler(_admin.Services), 4, new DescribeLogDirsRequest { Topics = topics });
            var directory = Assert.Single(response.Results);
            Assert.Equal(("/data", 1000, 400), (directory.LogDir, directory.TotalBytes, directory.UsableBytes));
            return string.Join(" ", directory.Topics.SelectMany(topic =>
                topic.Partitions.Select(partition => $"{topic.Name}-{partition.PartitionIndex}:{partition.PartitionSize}")));
        }

        Assert.Equal("a-0:7 a-1:8 b-0:9", await Show(null));
        Assert.Equal("", await Show([]));
        Assert.Equal("a-1:8", await Show([new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = "a", Partitions = [1, 5] }]));
    }

    [Theory]
    [InlineData("a", 0, "/one", ErrorCode.None)]
    [InlineData("a", 0, "/two", ErrorCode.UnsupportedVersion)]
    [InlineData("a", 0, "/bad", ErrorCode.KafkaStorageError)]
    [InlineData("a", 0, "/one/", ErrorCode.LogDirNotFound)]
    [InlineData("a", 0, "", ErrorCode.LogDirNotFound)]
    [InlineData("nobody", 0, "/three", ErrorCode.LogDirNotFound)]
    [InlineData("nobody", 0, "/one", ErrorCode.UnknownTopicOrPartition)]
    [InlineData("a", 2, "/one", ErrorCode.UnknownTopicOrPartition)]
    [InlineData("a", 1, "/one", ErrorCode.ReplicaNotAvailable)]
    [InlineData("long", 0, "/three", ErrorCode.InvalidTopicException)]
    public async Task A_replica_stays_in_the_directory_in_which_it_is(string topic, int partition, string path, ErrorCode error)
    {
        if (topic == "long") topic = new string('l', 214);
        _admin.Create("a", 2);
        _admin.Directories.Add(new LogDirectoryDescription("/one", new Uuid(1, 1), ErrorCode.None, 9, 9, [new(new TopicPartition("a", 0), 7, 0, false)]));
        _admin.Directories.Add(new LogDirectoryDescription("/two", new Uuid(1, 2), ErrorCode.None, 9, 9, []));
        _admin.Directories.Add(new LogDirectoryDescription("/bad", new Uuid(1, 3), ErrorCode.KafkaStorageError, 9, 9, []));
        var response = await _admin.CallAsync(new AlterReplicaLogDirsHandler(_admin.Services), 2, new AlterReplicaLogDirsRequest
        {
            Dirs =
            [
                new AlterReplicaLogDirsRequest.AlterReplicaLogDir
                {
                    Path = path, Topics = [new AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic { Name = topic, Partitions = [partition] }],
                },
            ],
        });
        var result = Assert.Single(response.Results);
        var answered = Assert.Single(result.Partitions);
        Assert.Equal((topic, partition, error), (result.TopicName, answered.PartitionIndex, answered.ErrorCode));
    }

    [Theory]
    [InlineData(null, -1, -1, ErrorCode.None)]
    [InlineData(null, 5, 0, ErrorCode.None)]
    [InlineData(null, 5, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, -1, 3, ErrorCode.InvalidRequest)]
    [InlineData("", -1, -1, ErrorCode.InvalidRequest)]
    [InlineData("tx", -1, -1, ErrorCode.TransactionalIdAuthorizationFailed)]
    public async Task Producer_ids_are_given_for_idempotence_only(string? transactionalId, long producerId, short epoch, ErrorCode error)
    {
        var response = await _admin.CallAsync(new InitProducerIdHandler(_admin.Services), 4, new InitProducerIdRequest
        {
            TransactionalId = transactionalId, TransactionTimeoutMs = 60_000, ProducerId = producerId, ProducerEpoch = epoch,
        });
        Assert.Equal(error, response.ErrorCode);
        Assert.Equal(error == ErrorCode.None ? (0L, (short)0) : (-1L, (short)-1), (response.ProducerId, response.ProducerEpoch));
    }

    [Fact]
    public async Task A_transaction_timeout_above_the_brokers_is_refused_first()
    {
        var response = await _admin.CallAsync(new InitProducerIdHandler(_admin.Services), 0, new InitProducerIdRequest
        {
            TransactionalId = "tx", TransactionTimeoutMs = 60_000_000,
        });
        Assert.Equal(ErrorCode.InvalidTransactionTimeout, response.ErrorCode);
    }
}
