using ActorBroker.Core.Configuration;

namespace ActorBroker.Core.Tests.Configuration;

public class BrokerConfigTests
{
    private static BrokerConfigCheck Load(params (string Name, string Value)[] pairs) =>
        BrokerConfig.Load(pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    [Fact]
    public void What_is_not_set_has_its_default()
    {
        var config = Load(("num.partitions", "7")).Config;
        Assert.Equal(7, config.Int("num.partitions"));
        Assert.Equal(1_048_588, config.Int("message.max.bytes"));
        Assert.True(config.Bool("auto.create.topics.enable"));
        Assert.Null(config.Text("broker.rack"));
        Assert.Equal(["PLAINTEXT://:9092"], config.List("listeners"));
    }

    [Fact]
    public void A_wrong_value_is_an_error_and_an_unknown_name_a_warning()
    {
        var check = Load(("num.partitions", "0"), ("num.partition", "3"), ("remote.log.reader.threads", "4"));
        Assert.Equal(["Invalid value 0 for configuration num.partitions: Value must be at least 1"], check.Errors);
        Assert.Contains(check.Warnings, warning => warning.Contains("'num.partition' is ignored; did you mean 'num.partitions'?"));
        Assert.Contains(check.Warnings, warning => warning.Contains("'remote.log.reader.threads' has no effect here"));
        Assert.Equal(1, check.Config.Int("num.partitions"));
    }

    [Theory]
    [InlineData("log.retention.ms", "5000", 5_000)]
    [InlineData("log.retention.minutes", "2", 120_000)]
    [InlineData("log.retention.hours", "1", 3_600_000)]
    [InlineData("log.retention.hours", "-1", -1)]
    [InlineData("log.retention.minutes", "-1", -1)]
    public void Retention_takes_the_finest_unit_that_is_set(string name, string value, long milliseconds) =>
        Assert.Equal(milliseconds, Load((name, value)).Config.Long("log.retention.ms"));

    [Fact]
    public void A_finer_unit_wins_over_a_coarser_one() =>
        Assert.Equal(60_000, Load(("log.retention.hours", "5"), ("log.retention.minutes", "1")).Config.Long("log.retention.ms"));

    [Fact]
    public void Retention_without_any_setting_is_a_week() => Assert.Equal(604_800_000, BrokerConfig.Empty.Long("log.retention.ms"));

    [Fact]
    public void The_old_and_the_new_name_of_the_node_id_mean_the_same()
    {
        Assert.Equal(5, Load(("broker.id", "5")).Config.Int("node.id"));
        Assert.Equal(6, Load(("node.id", "6")).Config.Int("broker.id"));
    }

    [Fact]
    public void A_setting_of_one_listener_is_checked_like_the_one_of_all()
    {
        var check = Load(("listener.name.internal.ssl.client.auth", "maybe"), ("listener.name.internal.ssl.protocol", "TLSv1.3"));
        Assert.Equal(["Invalid value maybe for configuration ssl.client.auth: String must be one of: required, requested, none"],
            check.Errors);
        Assert.Equal("TLSv1.3", check.Config.Raw("listener.name.internal.ssl.protocol"));
    }
}
