using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Tests.Configuration;

/// <summary>Layers and synonyms as the running Kafka 4.3.1 shows them.</summary>
public class ConfigResolverTests
{
    private static readonly ConfigResource Topic = new(ConfigResourceType.Topic, "t");
    private static readonly ConfigResource AllBrokers = new(ConfigResourceType.Broker, "");
    private static readonly ConfigResource Broker1 = new(ConfigResourceType.Broker, "1");

    private static ConfigResolver Resolver(
        BrokerConfig config, params (ConfigResource Resource, string Name, string Value)[] dynamic) =>
        new(config, MetadataImage.Empty.Apply(
            new MetadataBatch(0, [.. dynamic.Select(set => new ConfigChanged(set.Resource, set.Name, set.Value))])), 1);

    private static ConfigEntry Find(IReadOnlyList<ConfigEntry> entries, string name) => entries.Single(entry => entry.Name == name);

    [Fact]
    public void An_unset_topic_config_names_the_brokers_default()
    {
        var entry = Find(Resolver(BrokerConfig.Empty).DescribeTopic("t"), "cleanup.policy");
        Assert.Equal(("delete", ConfigSource.Default, SettingType.List), (entry.Value, entry.Source, entry.Type));
        Assert.Equal([new ConfigSynonym("log.cleanup.policy", "delete", ConfigSource.Default)], entry.Synonyms);
    }

    [Fact]
    public void A_topic_config_without_a_default_of_its_own_has_no_synonyms()
    {
        var entries = Resolver(BrokerConfig.Empty).DescribeTopic("t");
        Assert.Empty(Find(entries, "retention.ms").Synonyms);
        Assert.Equal("604800000", Find(entries, "retention.ms").Value);
        Assert.Empty(Find(entries, "segment.ms").Synonyms);
        Assert.Equal("604800000", Find(entries, "segment.ms").Value);
        Assert.Equal("9223372036854775807", Find(entries, "flush.ms").Value);
        Assert.Equal("0", Find(entries, "segment.jitter.ms").Value);
    }

    [Fact]
    public void A_retention_set_on_a_topic_has_itself_as_its_only_synonym()
    {
        var entry = Find(Resolver(BrokerConfig.Empty, (Topic, "retention.ms", "5000")).DescribeTopic("t"), "retention.ms");
        Assert.Equal([new ConfigSynonym("retention.ms", "5000", ConfigSource.Topic)], entry.Synonyms);
        Assert.Equal((ConfigSource.Topic, "5000"), (entry.Source, entry.Value));
    }

    [Fact]
    public void A_policy_set_on_a_topic_comes_before_the_brokers_default()
    {
        var entry = Find(Resolver(BrokerConfig.Empty, (Topic, "cleanup.policy", "compact")).DescribeTopic("t"), "cleanup.policy");
        Assert.Equal(
            [new ConfigSynonym("cleanup.policy", "compact", ConfigSource.Topic),
                new ConfigSynonym("log.cleanup.policy", "delete", ConfigSource.Default)],
            entry.Synonyms);
    }

    [Fact]
    public void A_created_topic_tells_where_a_stand_in_was_set_and_a_described_one_does_not()
    {
        var resolver = Resolver(BrokerConfig.Empty.With(("log.roll.hours", "2")), (AllBrokers, "log.retention.ms", "10800000"),
            (Broker1, "log.cleaner.delete.retention.ms", "34"));
        var own = resolver.Own(Topic).Add("index.interval.bytes", "9999999");
        var created = resolver.DescribeCreated(own);
        Assert.Equal(("7200000", ConfigSource.StaticBroker), (Find(created, "segment.ms").Value, Find(created, "segment.ms").Source));
        Assert.Equal(ConfigSource.DynamicDefaultBroker, Find(created, "retention.ms").Source);
        Assert.Equal(ConfigSource.DynamicBroker, Find(created, "delete.retention.ms").Source);
        Assert.Equal(ConfigSource.Topic, Find(created, "index.interval.bytes").Source);
        Assert.Equal(ConfigSource.Default, Find(created, "cleanup.policy").Source);
        Assert.Equal(("7200000", ConfigSource.Default), (Find(resolver.DescribeTopic(own), "segment.ms").Value, Find(resolver.DescribeTopic(own), "segment.ms").Source));
    }

    [Fact]
    public void Producers_expire_as_it_is_set_at_run_time()
    {
        static long Expiration(ConfigResolver resolver) => PartitionSettingsResolver.Resolve(resolver, "t").ProducerExpirationMs;
        Assert.Equal(86_400_000, Expiration(Resolver(BrokerConfig.Empty)));
        Assert.Equal(5000, Expiration(Resolver(BrokerConfig.Empty.With(("producer.id.expiration.ms", "5000")))));
        Assert.Equal(100, Expiration(Resolver(BrokerConfig.Empty.With(("producer.id.expiration.ms", "5000")), (AllBrokers, "producer.id.expiration.ms", "100"))));
    }

    [Fact]
    public void An_internal_setting_is_shown_where_it_is_set()
    {
        const string interval = "producer.id.expiration.check.interval.ms";
        Assert.DoesNotContain(Resolver(BrokerConfig.Empty).DescribeBroker(), entry => entry.Name == interval);
        Assert.Equal("500", Find(Resolver(BrokerConfig.Empty.With((interval, "500"))).DescribeBroker(), interval).Value);
    }

    [Fact]
    public void A_dynamic_default_of_all_brokers_reaches_topics_and_brokers()
    {
        var resolver = Resolver(BrokerConfig.Empty, (AllBrokers, "log.retention.ms", "86400000"));
        ConfigSynonym[] synonyms =
        [
            new("log.retention.ms", "86400000", ConfigSource.DynamicDefaultBroker), new("log.retention.hours", "168", ConfigSource.Default),
        ];
        var ofTopic = Find(resolver.DescribeTopic("t"), "retention.ms");
        Assert.Equal(("86400000", ConfigSource.DynamicDefaultBroker), (ofTopic.Value, ofTopic.Source));
        Assert.Equal(synonyms, ofTopic.Synonyms);
        var ofBroker = Find(resolver.DescribeBroker(), "log.retention.ms");
        Assert.Equal(("86400000", ConfigSource.DynamicDefaultBroker), (ofBroker.Value, ofBroker.Source));
        Assert.Equal(synonyms, ofBroker.Synonyms);
    }

    [Fact]
    public void One_brokers_setting_wins_over_that_of_all_brokers_and_over_the_file()
    {
        var config = BrokerConfig.Empty.With(("log.cleaner.threads", "3"));
        var resolver = Resolver(config, (Broker1, "log.cleaner.threads", "2"), (AllBrokers, "log.cleaner.threads", "4"));
        var entry = Find(resolver.DescribeBroker(), "log.cleaner.threads");
        Assert.Equal("2", entry.Value);
        Assert.Equal(
            [ConfigSource.DynamicBroker, ConfigSource.DynamicDefaultBroker, ConfigSource.StaticBroker, ConfigSource.Default],
            entry.Synonyms.Select(synonym => synonym.Source));
        Assert.Equal(2, resolver.BrokerValue("log.cleaner.threads"));
    }

    [Fact]
    public void A_static_setting_is_shown_before_its_default()
    {
        var entry = Find(Resolver(BrokerConfig.Empty.With(("broker.id", "1"))).DescribeBroker(), "broker.id");
        Assert.True(entry.IsReadOnly);
        Assert.Equal(
            [new ConfigSynonym("broker.id", "1", ConfigSource.StaticBroker), new ConfigSynonym("broker.id", "-1", ConfigSource.Default)],
                entry.Synonyms);
    }

    [Fact]
    public void A_password_is_never_shown()
    {
        var entry = Find(Resolver(BrokerConfig.Empty.With(("ssl.key.password", "hush"))).DescribeBroker(), "ssl.key.password");
        Assert.True(entry.IsSensitive);
        Assert.Null(entry.Value);
        Assert.Equal([null], entry.Synonyms.Select(synonym => synonym.Value));
    }

    [Fact]
    public void A_name_that_nobody_knows_is_treated_as_a_secret()
    {
        var entry = Assert.Single(Resolver(BrokerConfig.Empty, (AllBrokers, "unknown.key", "1")).DescribeAllBrokers());
        Assert.Equal((null, true, true, SettingType.Unknown), (entry.Value, entry.IsReadOnly, entry.IsSensitive, entry.Type));
    }

    [Fact]
    public void A_groups_config_falls_back_to_the_brokers()
    {
        var group = new ConfigResource(ConfigResourceType.Group, "g");
        var entries = Resolver(BrokerConfig.Empty, (group, "consumer.session.timeout.ms", "50000")).DescribeGroup("g");
        Assert.Equal(
            [
                new ConfigSynonym("consumer.session.timeout.ms", "50000", ConfigSource.Group),
                new ConfigSynonym("group.consumer.session.timeout.ms", "45000", ConfigSource.Default),
            ],
            Find(entries, "consumer.session.timeout.ms").Synonyms);
        Assert.Equal("5000", Find(entries, "consumer.heartbeat.interval.ms").Value);
        Assert.Equal(
            [new ConfigSynonym("share.isolation.level", "read_uncommitted", ConfigSource.Default)],
                Find(entries, "share.isolation.level").Synonyms);
    }

    [Fact]
    public void Partitions_get_the_topics_config_over_the_brokers_over_the_default()
    {
        var config = BrokerConfig.Empty.With(("log.retention.hours", "1"), ("message.max.bytes", "1000"));
        var resolver = Resolver(
            config, (Topic, "max.message.bytes", "2000"), (Topic, "cleanup.policy", "compact"),
                (Topic, "message.timestamp.type", "LogAppendTime"),
            (AllBrokers, "log.segment.bytes", "2097152"));
        var settings = PartitionSettingsResolver.Resolve(resolver, "t");
        Assert.Equal(2000, settings.MaxMessageBytes);
        Assert.Equal(3_600_000, settings.RetentionMs);
        Assert.Equal(2_097_152, settings.SegmentBytes);
        Assert.Equal(TimestampType.LogAppendTime, settings.TimestampType);
        Assert.True(settings is { IsCompacted: true, IsDeleted: false });
        Assert.Equal(1000, PartitionSettingsResolver.Resolve(resolver, "other").MaxMessageBytes);
    }

    [Fact]
    public void Partition_settings_without_any_config_are_the_defaults_of_their_type() =>
        Assert.Equal(new ActorBroker.Core.Partitions.PartitionSettings(),
            PartitionSettingsResolver.Resolve(Resolver(BrokerConfig.Empty), "t"));

    [Fact]
    public void Cached_settings_follow_a_change_of_the_configs()
    {
        var cache = new PartitionSettingsCache(BrokerConfig.Empty, 1);
        var image = MetadataImage.Empty.Apply(new MetadataBatch(0, [new ConfigChanged(Topic, "retention.ms", "1")]));
        Assert.Equal(1, cache.Of(image, "t").RetentionMs);
        Assert.Same(cache.Of(image, "a"), cache.Of(image, "b"));
        image = image.Apply(new MetadataBatch(0, [new ConfigChanged(Topic, "retention.ms", "2")]));
        Assert.Equal(2, cache.Of(image, "t").RetentionMs);
    }
}
