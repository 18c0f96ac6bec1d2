using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>
/// One broker process on a free port with a data directory of its own. It can be ended by SIGTERM or SIGKILL and started again on the same
/// directory and port; disposing it ends it and removes the directory. Its output is kept, bounded, for the report of a failing test.
/// </summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly bool kafka;
    private readonly string[] settings;
    private readonly bool ownsDirectory;
    private Process? process;

    private BrokerProcess(string directory, bool ownsDirectory, bool kafka, string[] settings)
    {
        DataDirectory = directory;
        this.ownsDirectory = ownsDirectory;
        this.kafka = kafka;
        this.settings = settings;
        Port = FreePort();
        AppDomain.CurrentDomain.ProcessExit += KillOnExit;
    }

    public int Port { get; }
    public string Bootstrap => $"127.0.0.1:{Port}";

    /// <summary>The directory named on the command line; the log directories of Kafka lie below it in <c>data</c>.</summary>
    public string DataDirectory { get; }

    public string LogDirectory => kafka ? Path.Combine(DataDirectory, "data") : DataDirectory;
    public LogTail Log { get; } = new(400);
    public bool IsRunning => process is { HasExited: false };

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The broker is not running.");

    /// <summary>Starts the broker that the environment asks for.</summary>
    public static Task<BrokerProcess> Start(params string[] settings) => StartOn(Checkout.NewScratch("broker"), BrokerKind.IsKafka, settings);

    /// <summary>Starts Apache Kafka, whatever the environment asks for.</summary>
    public static Task<BrokerProcess> StartKafka(string directory, params string[] settings) => StartOn(directory, kafka: true, settings, ownsDirectory: false);

    /// <summary>Starts this checkout's broker on a directory that somebody else made and removes.</summary>
    public static Task<BrokerProcess> StartOurs(string directory, params string[] settings) => StartOn(directory, kafka: false, settings, ownsDirectory: false);

    private static async Task<BrokerProcess> StartOn(string directory, bool kafka, string[] settings, bool ownsDirectory = true)
    {
        var broker = new BrokerProcess(directory, ownsDirectory, kafka, settings);
        try
        {
            await broker.Launch();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process on the same directory and port and waits until it answers.</summary>
    public async Task Launch()
    {
        if (IsRunning) throw new InvalidOperationException("The broker is running already.");
        var (file, arguments) = BrokerKind.Command(DataDirectory, Port, settings, kafka);
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["KAFKA_HEAP"] = "-Xms512m -Xmx512m";
        process?.Dispose();
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Log.Add(line.Data);
        process.ErrorDataReceived += (_, line) => Log.Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Deadline.Until(() => process.HasExited || WireProbe.IsReady(Port), StartLimit, $"{Bootstrap} answers", Log.ToString);
        if (process.HasExited) throw new InvalidOperationException($"The broker ended with {process.ExitCode}:\n{Log}");
    }

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task Kill()
    {
        Signals.Send(ProcessId, Signals.Kill);
        await Ended();
    }

    /// <summary>SIGTERM: a graceful end; returns the exit code.</summary>
    public async Task<int> Stop()
    {
        Signals.Send(ProcessId, Signals.Terminate);
        return await Ended();
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Signals.Send(ProcessId, Signals.Kill);
            await process!.WaitForExitAsync();
        }

        AppDomain.CurrentDomain.ProcessExit -= KillOnExit;
        process?.Dispose();
        process = null;
        if (ownsDirectory && Directory.Exists(DataDirectory)) Directory.Delete(DataDirectory, recursive: true);
    }

    public static int FreePort()
    {
        // Kafka takes the next port for its controller, so both have to be free. Below the range of ephemeral ports, for a restart takes the same port.
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

    /// <summary>Waits for the end of the process and returns its exit code.</summary>
    public async Task<int> Ended()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The broker did not end within {StopLimit.TotalSeconds} s:\n{Log}");
        }

        return process.ExitCode;
    }

    private void KillOnExit(object? sender, EventArgs e)
    {
        if (IsRunning) Signals.Send(ProcessId, Signals.Kill);
    }
}
