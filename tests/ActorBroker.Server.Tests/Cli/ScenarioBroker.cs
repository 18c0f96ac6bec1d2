using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>A broker process for the tests of a class, with a data directory of its own.</summary>
public abstract class ScenarioBroker : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("scenario").FullName;
    private readonly List<string> _output = [];
    private Process? _process;

    /// <summary>Why there is none, or null.</summary>
    public string? Missing { get; private set; }

    public string Bootstrap { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Missing = Problem();
        if (Missing is not null) return;
        var port = FreePort();
        Bootstrap = $"127.0.0.1:{port}";
        var start = Command(Path.Combine(_directory, "data"), port);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var deadline = Stopwatch.StartNew();
        var address = new BrokerAddress("127.0.0.1", port);
        while (!await AnswersAsync(address))
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(); // for the last lines
                throw new InvalidOperationException($"The broker ended with {_process.ExitCode}:\n{Output()}");
            }

            if (deadline.Elapsed > StartLimit) throw new TimeoutException($"The broker does not answer:\n{Output()}");
            await Task.Delay(50);
        }
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
        GC.SuppressFinalize(this);
    }

    /// <summary>Why this broker cannot be started here, or null.</summary>
    private protected abstract string? Problem();

    private protected abstract ProcessStartInfo Command(string directory, int port);

    private static async Task<bool> AnswersAsync(BrokerAddress address)
    {
        try
        {
            await using var client = new KafkaClient(new ClientSettings { Bootstrap = [address] });
            return (await client.AllTopicsAsync(default)).Brokers.Count > 0;
        }
        catch (ClientException)
        {
            return false;
        }
    }

    /// <summary>Below the ports that connections take, and with a free one behind it, which Kafka's controller takes.</summary>
    private static int FreePort()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (IsFree(port) && IsFree(port + 1)) return port;
        }

        throw new InvalidOperationException("No free port.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            if (_output.Count < 200 && line.Data is not null) _output.Add(line.Data);
    }

    private string Output()
    {
        lock (_output) return string.Join('\n', _output);
    }
}
