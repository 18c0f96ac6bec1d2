using ActorBroker.Core.Configuration;

namespace ActorBroker.Core.Tests.Configuration;

/// <summary>Values and the words with which Kafka 4.3.1 refuses them.</summary>
public class SettingTests
{
    [Theory]
    [InlineData("retention.ms", "abc", "Invalid value abc for configuration retention.ms: Not a number of type LONG")]
    [InlineData("retention.ms", "-5", "Invalid value -5 for configuration retention.ms: Value must be at least -1")]
    [InlineData("segment.ms", "", "Invalid value  for configuration segment.ms: Not a number of type LONG")]
    [InlineData("cleanup.policy", "foo", "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete")]
    [InlineData("cleanup.policy", "delete,", "Configuration 'cleanup.policy' values must not be empty.")]
    [InlineData("min.cleanable.dirty.ratio", "2",
        "Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1")]
    [InlineData("min.cleanable.dirty.ratio", "x",
        "Invalid value x for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE")]
    [InlineData("preallocate", "yes", "Invalid value yes for configuration preallocate: Expected value to be either true or false")]
    [InlineData("compression.type", "GZIP",
        "Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("segment.bytes", "99999999999", "Invalid value 99999999999 for configuration segment.bytes: Not a number of type INT")]
    [InlineData("segment.bytes", "10", "Invalid value 10 for configuration segment.bytes: Value must be at least 1048576")]
    [InlineData("compression.gzip.level", "0",
        "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1")]
    [InlineData("min.insync.replicas", "0", "Invalid value 0 for configuration min.insync.replicas: Value must be at least 1")]
    [InlineData("leader.replication.throttled.replicas", "x",
        "Invalid value [x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal " +
        "'*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...")]
    public void A_wrong_topic_config_is_refused_in_Kafkas_words(string name, string value, string message) =>
        Assert.Equal(message, SettingTables.Topic.Get(name).Problem(value));

    [Theory]
    [InlineData("retention.ms", " 77 ", 77L)]
    [InlineData("preallocate", "TRUE", true)]
    [InlineData("min.cleanable.dirty.ratio", "0.25", 0.25)]
    [InlineData("compression.gzip.level", "-1", -1)]
    public void Blanks_and_letter_case_do_not_count(string name, string value, object expected) =>
        Assert.Equal(expected, SettingTables.Topic.Get(name).Parse(value));

    [Theory]
    [InlineData("", new string[0])]
    [InlineData(" compact , delete ", new[] { "compact", "delete" })]
    [InlineData("delete,delete", new[] { "delete", "delete" })]
    public void A_list_is_split_at_commas(string value, string[] expected) =>
        Assert.Equal(expected, (string[])SettingTables.Topic.Get("cleanup.policy").Parse(value));

    [Theory]
    [InlineData("*")]
    [InlineData("0:1,1:2")]
    [InlineData("")]
    public void Throttled_replicas_are_pairs_or_all(string value) =>
        Assert.Null(SettingTables.Topic.Get("follower.replication.throttled.replicas").Problem(value));

    [Theory]
    [InlineData("log.retention.hour", "log.retention.hours")]
    [InlineData("auto.create.topic.enable", "auto.create.topics.enable")]
    [InlineData("Log.Dirs", "log.dirs")]
    [InlineData("something.else.entirely.different", null)]
    public void An_unknown_name_is_told_the_nearest_one(string name, string? nearest) =>
        Assert.Equal(nearest, SettingTables.Broker.Nearest(name));

    [Fact]
    public void Numbers_are_shown_as_Java_shows_them()
    {
        Assert.Equal("2.0", SettingParser.Show(2d));
        Assert.Equal("0.5", SettingParser.Show(0.5));
        Assert.Equal("1.7976931348623157E308", SettingParser.Show(double.MaxValue));
        Assert.Equal("[a, b]", SettingParser.Show(new[] { "a", "b" }));
        Assert.Equal("a,b", SettingParser.Text(new[] { "a", "b" }));
    }
}
