using System.Text;
using ActorBroker.Conformance.Tests.Brokers;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>
/// One Java virtual machine in which Kafka's tools and our own programs over its clients run one after another (<c>clients/java/Tools.java</c>).
/// The sources are compiled once per test run, against the jars of the shared folder.
/// </summary>
public sealed class JavaTools : IAsyncLifetime
{
    public const string Topics = "org.apache.kafka.tools.TopicCommand";
    public const string Configs = "kafka.admin.ConfigCommand";
    public const string ConsumerGroups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    public const string ConsoleProducer = "org.apache.kafka.tools.ConsoleProducer";
    public const string ConsoleConsumer = "org.apache.kafka.tools.consumer.ConsoleConsumer";
    public const string GetOffsets = "org.apache.kafka.tools.GetOffsetShell";
    public const string DeleteRecords = "org.apache.kafka.tools.DeleteRecordsCommand";
    public const string ProducerPerformance = "org.apache.kafka.tools.ProducerPerformance";
    public const string ConsumerPerformance = "org.apache.kafka.tools.ConsumerPerformance";
    public const string VerifiableProducer = "org.apache.kafka.tools.VerifiableProducer";
    public const string VerifiableConsumer = "org.apache.kafka.tools.VerifiableConsumer";
    public const string LogDirs = "org.apache.kafka.tools.LogDirsCommand";
    public const string ApiVersions = "org.apache.kafka.tools.BrokerApiVersionsCommand";
    public const string Cluster = "org.apache.kafka.tools.ClusterTool";
    public const string DumpLog = "org.apache.kafka.tools.DumpLogSegments";

    private static readonly SemaphoreSlim Compiling = new(1);
    private static string? compiled;
    private Client? machine;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (machine is not null) await machine.DisposeAsync();
    }

    /// <summary>Runs a tool; the test fails when it ends with another code than 0.</summary>
    internal async Task<string> Run(string tool, string[] arguments, string input = "", int seconds = 60)
    {
        var (status, output) = await Call(tool, arguments, input, seconds);
        Assert.True(status == 0, $"{tool} {string.Join(' ', arguments)}\nended with {status}\n{output}");
        return output;
    }

    internal async Task<(int Status, string Output)> Call(string tool, string[] arguments, string input = "", int seconds = 60)
    {
        machine ??= await Start();
        var line = string.Join(' ', new[] { tool, $"{seconds}", Encoded(input) }.Concat(arguments.Select(Encoded)));
        await machine.Write(line + "\n");
        var answer = await machine.Line(said => said.StartsWith("exit ", StringComparison.Ordinal), "exit", TimeSpan.FromSeconds(seconds + 30));
        var words = answer.Split(' ');
        return (int.Parse(words[1]), Encoding.UTF8.GetString(Convert.FromBase64String(words[2])));
    }

    /// <summary>A virtual machine of its own for one of our programs, to talk with while it runs.</summary>
    internal static async Task<Client> Program(string program, params string[] arguments)
    {
        string[] call = [.. Options(await Compile()), program, .. arguments];
        return Client.Start(Outside.Java, call);
    }

    private static async Task<Client> Start()
    {
        var machine = await Program("Tools");
        await machine.Line(said => said == "ready", "ready");
        return machine;
    }

    private static string[] Options(string classes) =>
    [
        "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
        $"-Dlog4j2.configurationFile={Path.Combine(Checkout.Shared, "peers", "kafka", "log4j2.properties")}",
        "-cp", $"{classes}:{Outside.KafkaLibs}/*",
    ];

    private static async Task<string> Compile()
    {
        await Compiling.WaitAsync();
        try
        {
            if (compiled is not null) return compiled;
            var classes = Path.Combine(Checkout.Clients, "java");
            if (Directory.Exists(classes)) Directory.Delete(classes, recursive: true);
            Directory.CreateDirectory(classes);
            var sources = Directory.GetFiles(Checkout.ClientSource("java"), "*.java");
            await Client.Run(Outside.Javac, ["-cp", $"{Outside.KafkaLibs}/*", "-d", classes, .. sources], limit: TimeSpan.FromSeconds(120));
            return compiled = classes;
        }
        finally
        {
            Compiling.Release();
        }
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
