using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli;

namespace ActorBroker.Server.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("topic", "lst")]
    [InlineData("topic", "create")]
    [InlineData("consume")]
    [InlineData("topic", "list", "--format", "xml")]
    [InlineData("topic", "list", "--bootstrap", "host:port")]
    [InlineData("topic", "list", "--timeout", "ten")]
    [InlineData("produce", "t", "--compression", "brotli")]
    [InlineData("completion", "tcsh")]
    public async Task A_wrong_command_line_ends_with_2_and_says_where_help_is(params string[] args)
    {
        var run = await CommandRun.OfAsync(args);
        Assert.Equal(2, run.Exit);
        Assert.Contains("--help'", run.Error);
        Assert.Empty(run.Output.Trim());
    }

    [Theory]
    [InlineData("consume", "t", "--offset", "soon")]
    [InlineData("consume", "t", "--format", "%q")]
    [InlineData("consume", "t", "--group", "g", "--partition", "0")]
    [InlineData("produce", "t", "--format", "%k%v")]
    [InlineData("group", "reset", "g", "--topic", "t")]
    [InlineData("group", "reset", "g", "--topic", "t", "--to-latest", "--to-earliest")]
    [InlineData("config", "describe")]
    [InlineData("config", "set", "--topic", "t", "novalue")]
    [InlineData("topic", "alter", "t")]
    [InlineData("bench", "latency", "--size", "3")]
    public async Task Options_that_make_no_sense_together_end_with_2_before_anything_is_asked(params string[] args)
    {
        await using var broker = new FakeBroker();
        var run = await CommandRun.OfAsync([.. args, "--bootstrap", broker.Address.ToString()]);
        Assert.Equal(2, run.Exit);
        Assert.StartsWith("actorbroker: ", run.Error);
        Assert.Empty(broker.Seen);
    }

    [Fact]
    public async Task Commands_of_others_stand_beside_the_client_s()
    {
        var start = new Command("start", "Run a broker.");
        start.SetAction(_ => 7);
        var root = CommandLine.Build([start]);
        Assert.Equal(7, await CommandLine.RunAsync(root, ["start"], new InvocationConfiguration()));
        Assert.Equal(
            ["start", "topic", "produce", "consume", "group", "config", "cluster", "bench", "doctor", "completion"], root.Subcommands.Select(c => c.Name));
    }

    [Fact]
    public void Every_command_and_option_says_what_it_is_for()
    {
        var mute = new List<string>();
        Walk(CommandLine.Build([]), "actorbroker");
        Assert.Empty(mute);

        void Walk(Command command, string path)
        {
            if (string.IsNullOrEmpty(command.Description)) mute.Add(path);
            mute.AddRange(command.Options.Where(o => string.IsNullOrEmpty(o.Description)).Select(o => $"{path} {o.Name}"));
            mute.AddRange(command.Arguments.Where(a => string.IsNullOrEmpty(a.Description) || a.HelpName is null).Select(a => $"{path} {a.Name}"));
            foreach (var below in command.Subcommands) Walk(below, $"{path} {below.Name}");
        }
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _actorbroker actorbroker")]
    [InlineData("zsh", "compdef _actorbroker actorbroker")]
    [InlineData("fish", "complete -c actorbroker")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Completion_scripts_ask_the_executable(string shell, string expected)
    {
        var run = (await CommandRun.OfAsync("completion", shell)).Ok();
        Assert.Contains(expected, run.Output);
        Assert.Contains("[suggest:", run.Output);
    }

    [Fact]
    public async Task Commands_and_live_topics_are_suggested()
    {
        await using var broker = new FakeBroker();
        var commands = (await CommandRun.OfAsync("[suggest:18]", "actorbroker topic ")).Ok();
        Assert.Contains("add-partitions", commands.Output.Split('\n'));
        var line = $"actorbroker topic describe --bootstrap {broker.Address} or";
        var topics = (await CommandRun.OfAsync($"[suggest:{line.Length}]", line)).Ok();
        Assert.Contains("orders", topics.Output.Split('\n'));
    }

    [Fact]
    public async Task Suggestions_without_a_cluster_are_none_and_no_error()
    {
        var run = (await CommandRun.OfAsync("[suggest:51]", "actorbroker topic describe --bootstrap 127.0.0.1:1 o")).Ok();
        Assert.DoesNotContain("orders", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task A_topic_list_is_a_table_or_json()
    {
        await using var broker = new FakeBroker();
        var text = (await CommandRun.OfAsync("topic", "list", "-b", broker.Address.ToString())).Ok();
        Assert.Equal("TOPIC   PARTITIONS  REPLICAS  STATE\norders           1         1  ok\n", text.Output);
        var json = (await CommandRun.OfAsync("topic", "list", "-b", broker.Address.ToString(), "--format", "json")).Ok().Json;
        Assert.Equal("orders", (string?)json[0]!["topic"]);
        Assert.Equal(1, (int?)json[0]!["partitions"]);
    }

    [Fact]
    public async Task An_error_is_words_with_advice_or_json_for_scripts()
    {
        await using var broker = new FakeBroker();
        var text = await CommandRun.OfAsync("topic", "describe", "ordrs", "-b", broker.Address.ToString());
        Assert.Equal((1, "actorbroker: topic 'ordrs' does not exist\n  did you mean 'orders'?\n"), (text.Exit, text.Error));
        var json = await CommandRun.OfAsync("topic", "describe", "ordrs", "-b", broker.Address.ToString(), "--format", "json");
        var error = JsonNode.Parse(json.Error)!;
        Assert.Equal(1, json.Exit);
        Assert.Equal("UNKNOWN_TOPIC_OR_PARTITION", (string?)error["error"]);
        Assert.Equal("did you mean 'orders'?", (string?)error["advice"]);
    }

    [SkippableFact]
    public async Task Nothing_is_deleted_without_a_yes()
    {
        Skip.If(!Console.IsInputRedirected, "a terminal could be asked here");
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) =>
        {
            if (key != ApiKey.DeleteTopics) return null;
            broker.Topics.Remove("orders");
            return new DeleteTopicsResponse { Responses = [new() { Name = "orders" }] };
        };
        var asked = await CommandRun.OfAsync("topic", "delete", "orders", "-b", broker.Address.ToString());
        Assert.Equal(2, asked.Exit);
        Assert.Equal(0, broker.Count(ApiKey.DeleteTopics));
        (await CommandRun.OfAsync("topic", "delete", "orders", "--yes", "-b", broker.Address.ToString())).Ok();
        Assert.Equal(1, broker.Count(ApiKey.DeleteTopics));
    }

    [Fact]
    public async Task The_doctor_fails_with_advice_when_nobody_listens()
    {
        var run = await CommandRun.OfAsync("doctor", "-b", "127.0.0.1:1");
        Assert.Equal(1, run.Exit);
        Assert.Contains("FAIL", run.Output);
        Assert.Contains("→ is the broker running", run.Output);
    }
}
