using System.CommandLine;
using System.Text.RegularExpressions;
using ActorBroker.Core.Configuration;
using ActorBroker.Server.Cli;
using ActorBroker.Server.Start;

namespace ActorBroker.Server.Tests.Start;

/// <summary>What <c>deploy/</c>, <c>hocon/</c> and README tell the executable is what it understands.</summary>
public sealed partial class DeployTests
{
    private static readonly string s_root = FindRoot();
    private static readonly RootCommand s_executable = CommandLine.Build([StartCommand.Build(), DevCommand.Build()]);

    public static TheoryData<string> FilesWithVariables => ["deploy/Dockerfile", "deploy/compose.yaml", "deploy/k8s/statefulset.yaml", "README.md"];

    public static TheoryData<string> FilesWithCommands =>
    [
        "deploy/Dockerfile", "deploy/compose.yaml", "deploy/k8s/statefulset.yaml", "deploy/k8s/README.md", "deploy/systemd/actorbroker.service", "README.md",
    ];

    [Theory]
    [MemberData(nameof(FilesWithVariables))]
    public void Every_variable_names_a_setting(string file)
    {
        var variables = Variable().Matches(Text(file)).Select(match => match.Value).Where(name => name != ClientOptions.BootstrapVariable).ToHashSet();
        Assert.NotEmpty(variables);
        Assert.DoesNotContain(variables, name => ConfigSources.FromEnvironment(new Dictionary<string, string> { [name] = "" }).Count == 0);
    }

    [Theory]
    [MemberData(nameof(FilesWithCommands))]
    public void Every_command_line_is_understood(string file)
    {
        // A line that goes on after a backslash is one line; what the shell puts in is some value.
        var text = Value().Replace(Text(file).Replace("\\\n", " ").Replace("\", \"", " "), "1");
        var lines = CommandLines().Matches(text);
        Assert.NotEmpty(lines);
        foreach (Match match in lines)
        {
            var words = match.Groups["words"].Value.Trim().Trim('"').Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var parsed = s_executable.Parse(words);
            Assert.True(parsed.Errors.Count == 0, $"{file}: {match.Value.Trim()}\n{string.Join('\n', parsed.Errors)}");
        }
    }

    [Theory]
    [InlineData("deploy/compose.yaml", "1")]
    [InlineData("deploy/compose.yaml", "2")]
    [InlineData("deploy/compose.yaml", "3")]
    public void A_composed_node_has_a_configuration_without_errors(string file, string node)
    {
        var lines = Text(file).Split('\n').ToList();
        var own = lines.FindIndex(line => line == $"  node{node}:");
        var end = lines.FindIndex(own + 1, line => line.StartsWith("  node", StringComparison.Ordinal) || line.Length == 0);
        var shared = lines.FindIndex(line => line.StartsWith("x-environment", StringComparison.Ordinal));
        var environment = new Dictionary<string, string>();
        foreach (var line in lines[shared..lines.IndexOf("services:")].Concat(lines[own..end]))
            if (Pair().Match(line) is { Success: true } pair) environment[pair.Groups[1].Value] = pair.Groups[2].Value;
        var check = ConfigSources.Gather(new StartOptions { DataDirectories = "/var/lib/actorbroker" }, environment);
        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
        Assert.Equal(int.Parse(node), check.Config.Int("node.id"));
        Assert.Equal($"node{node}:9093", check.Config.Text("actorbroker.cluster.listen"));
        Assert.Contains($"node{node}:9093", check.Config.List("actorbroker.cluster.seeds"));
        Assert.Equal(3, check.Config.Int("default.replication.factor"));
    }

    [Theory]
    [InlineData("hocon/single-node.conf")]
    [InlineData("hocon/three-node.conf")]
    public void A_file_to_begin_with_has_no_errors(string file)
    {
        var check = ConfigSources.Gather(new StartOptions { ConfigFile = Path.Combine(s_root, file) }, new Dictionary<string, string>());
        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public void The_variables_that_the_file_for_three_nodes_tells_of_are_the_ones_that_it_takes()
    {
        var text = Text("hocon/three-node.conf");
        var told = Told().Matches(text.Split('\n')[0]).Select(match => match.Groups[1].Value);
        Assert.DoesNotContain(told, name => !text.Contains($"${{?{name}}}", StringComparison.Ordinal));
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(s_root, file));

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "ActorBroker.sln"))) return at.FullName;
        throw new InvalidOperationException("The tests do not run from within the checkout.");
    }

    [GeneratedRegex(@"\b(?:KAFKA|ACTORBROKER)_[A-Z_]+\b")]
    private static partial Regex Variable();

    /// <summary>What stands behind the executable, up to a comment, a pipe or another command.</summary>
    [GeneratedRegex(@"(?:\bactorbroker\.dll""?,?|\bout/actorbroker|(?<![\w-])ab|(?<=\{ )ab|`(?=cluster )) (?<words>(?:start|dev|topic|produce|consume|doctor|cluster|config|group)\b[^#;|&>`\n\]\[]*)")]
    private static partial Regex CommandLines();

    [GeneratedRegex(@"""?\$(?:\(\(.*?\)\)|\w+|\{\w+\})""?")]
    private static partial Regex Value();

    [GeneratedRegex(@"^\s+(KAFKA_\w+): ""(.*)""$")]
    private static partial Regex Pair();

    [GeneratedRegex(@"\b([A-Z_]+)=")]
    private static partial Regex Told();
}
