using ActorBroker.Server.Start;

namespace ActorBroker.Server.Tests.Start;

public sealed class ConfigSourcesTests : IDisposable
{
    private static readonly Dictionary<string, string> s_none = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("config").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Without_anything_said_a_node_is_on_loopback_with_its_data_beside_it()
    {
        var config = ConfigSources.Gather(new StartOptions(), s_none).Config;
        Assert.Equal(["./data"], config.List("log.dirs"));
        Assert.Equal(["PLAINTEXT://127.0.0.1:9092"], config.List("listeners"));
        Assert.Equal(1, config.Int("node.id"));
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Path.Combine(_directory, "broker.conf");
        File.WriteAllText(file, """
            actorbroker.broker {
              "log.retention.ms" = 1000
              "num.partitions" = 2
              "log.segment.bytes" = 2000000
            }
            """);
        var environment = new Dictionary<string, string> { ["KAFKA_NUM_PARTITIONS"] = "3", ["KAFKA_LOG_SEGMENT_BYTES"] = "3000000", ["PATH"] = "/bin" };
        var options = new StartOptions { ConfigFile = file, Settings = new Dictionary<string, string> { ["log.segment.bytes"] = "4000000" } };
        var check = ConfigSources.Gather(options, environment);
        Assert.Empty(check.Errors);
        Assert.Equal((1000L, 3, 4_000_000), (check.Config.Long("log.retention.ms"), check.Config.Int("num.partitions"), check.Config.Int("log.segment.bytes")));
    }

    [Fact]
    public void A_server_properties_file_is_taken_as_it_is()
    {
        var file = Path.Combine(_directory, "server.properties");
        File.WriteAllText(file, "# a comment\nnum.partitions=7\n log.dirs = /a,/b \n");
        var config = ConfigSources.Gather(new StartOptions { ConfigFile = file }, s_none).Config;
        Assert.Equal(7, config.Int("num.partitions"));
        Assert.Equal(["/a", "/b"], config.List("log.dirs"));
    }

    [Theory]
    [InlineData("KAFKA_LOG_RETENTION_MS", "log.retention.ms")]
    [InlineData("ACTORBROKER_HTTP_LISTEN", "actorbroker.http.listen")]
    public void Environment_names_follow_the_convention_of_containers(string variable, string setting)
    {
        var found = ConfigSources.FromEnvironment(new Dictionary<string, string> { [variable] = "5" });
        Assert.Equal("5", found[setting]);
    }

    [Fact]
    public void Variables_that_name_no_setting_are_left_alone() =>
        Assert.Empty(ConfigSources.FromEnvironment(new Dictionary<string, string> { ["KAFKA_HEAP_OPTS"] = "-Xmx1g", ["KAFKA_"] = "x" }));

    [Fact]
    public void An_unknown_key_is_warned_about_with_the_nearest_one()
    {
        var check = ConfigSources.Gather(new StartOptions { Settings = new Dictionary<string, string> { ["log.retention.mss"] = "1" } }, s_none);
        Assert.Contains("log.retention.ms", Assert.Single(check.Warnings));
    }

    [Fact]
    public void A_wrong_value_is_an_error_that_names_it()
    {
        var check = ConfigSources.Gather(new StartOptions { Settings = new Dictionary<string, string> { ["num.partitions"] = "many" } }, s_none);
        Assert.Contains("many", Assert.Single(check.Errors));
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_to_be_missing() =>
        Assert.Contains("does not exist", Assert.Throws<StartException>(() =>
            ConfigSources.Gather(new StartOptions { ConfigFile = Path.Combine(_directory, "no.conf") }, s_none)).Message);
}
