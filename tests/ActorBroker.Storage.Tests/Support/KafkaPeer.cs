using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Storage.Tests.Support;

/// <summary>Apache Kafka's server and tools, where they are at hand; tests that need them are skipped by name elsewhere.</summary>
internal static class KafkaPeer
{
    private static readonly TimeSpan ToolLimit = TimeSpan.FromMinutes(2);

    public static string? Script { get; } = Find();

    public static void SkipWithout() => Skip.If(Script is null || !HasJava(), "Apache Kafka's tools or Java are not on this machine");

    /// <summary>Runs a tool to its end and gives its output; fails when the tool fails.</summary>
    public static string Run(params string[] arguments) => Run(null, arguments);

    public static string Run(string? input, string[] arguments)
    {
        var start = new ProcessStartInfo(Script!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["KAFKA_HEAP"] = "-Xmx256m";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(ToolLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', arguments)} did not end");
        }
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {output.Result}\n{errors.Result}");
        return output.Result + errors.Result;
    }

    /// <summary>Starts a single broker on a directory and waits until it answers.</summary>
    public static KafkaServer Start(string directory, params string[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Script!, ["single", directory, port.ToString(), .. settings])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["KAFKA_HEAP"] = "-Xms256m -Xmx256m";
        var server = new KafkaServer(Process.Start(start)!, port);
        server.WaitUntilReady();
        return server;
    }

    private static int FreePort()
    {
        // Two neighbouring ports: the controller listens on the second.
        for (var port = 30_000 + (Environment.ProcessId % 20_000); port < 60_000; port += 2)
            if (IsFree(port) && IsFree(port + 1)) return port;
        throw new InvalidOperationException("no free port");
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

    private static string? Find()
    {
        var shared = Environment.GetEnvironmentVariable("ACTORBROKER_SHARED");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); shared is null && at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "ActorBroker.sln"))) shared = Path.Combine(at.FullName, "..", "shared");
        var script = shared is null ? null : Path.Combine(shared, "peers", "kafka", "kafka");
        return File.Exists(script) ? script : null;
    }

    private static bool HasJava()
    {
        try
        {
            using var java = Process.Start(new ProcessStartInfo("java", "-version") { RedirectStandardError = true, RedirectStandardOutput = true });
            return java is not null && java.WaitForExit(20_000) && java.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

internal sealed class KafkaServer(Process process, int port) : IDisposable
{
    public string Address => $"127.0.0.1:{port}";

    public void WaitUntilReady()
    {
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromMinutes(2) && !process.HasExited, "Kafka did not come up");
            using var client = new TcpClient();
            try
            {
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                process.WaitForExit(200);
            }
        }
    }

    /// <summary>SIGTERM, Kafka's orderly shutdown, or SIGKILL.</summary>
    public void Stop(bool clean)
    {
        if (clean) Process.Start("kill", process.Id.ToString())!.WaitForExit();
        else process.Kill();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "Kafka did not stop");
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
