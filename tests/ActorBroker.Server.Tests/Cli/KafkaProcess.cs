using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>
/// A real Kafka for the tests of a class, where it and Java are there and <c>CLI_AGAINST_KAFKA=1</c> asks for it: Kafka answers config and
/// topic changes before they are visible, so what these tests see at once depends on the machine's load.
/// </summary>
public sealed class KafkaProcess : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kafka").FullName;
    private Process? _process;

    /// <summary>Why there is none, or null.</summary>
    public string? Missing { get; private set; }

    public string Bootstrap { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var script = Script();
        if (Environment.GetEnvironmentVariable("CLI_AGAINST_KAFKA") != "1")
        {
            Missing = "CLI_AGAINST_KAFKA=1 is not set";
            return;
        }

        if (script is null || !OperatingSystem.IsLinux() || !OnPath("java"))
        {
            Missing = "no Kafka 4.3.1 with Java beside the repository (ACTORBROKER_SHARED names another place)";
            return;
        }

        var port = FreePort();
        Bootstrap = $"127.0.0.1:{port}";
        var start = new ProcessStartInfo(script, ["single", Path.Combine(_directory, "data"), port.ToString()])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["KAFKA_HEAP"] = "-Xms256m -Xmx256m" },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var address = new BrokerAddress("127.0.0.1", port);
        while (!await AnswersAsync(address, limit.Token)) await Task.Delay(200, limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<bool> AnswersAsync(BrokerAddress address, CancellationToken cancel)
    {
        try
        {
            await using var client = new KafkaClient(new ClientSettings { Bootstrap = [address] });
            return (await client.AllTopicsAsync(cancel)).Brokers.Count > 0;
        }
        catch (ClientException)
        {
            return false;
        }
    }

    private static string? Script()
    {
        var shared = Environment.GetEnvironmentVariable("ACTORBROKER_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ActorBroker.sln"))) shared = Path.Combine(folder.Parent!.FullName, "shared");
        var script = shared is null ? null : Path.Combine(shared, "peers", "kafka", "kafka");
        return File.Exists(script) ? script : null;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>The controller takes the port behind it.</summary>
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port & ~1;
    }
}
