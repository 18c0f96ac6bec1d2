using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Benchmarks.Cluster;

/// <summary>
/// Three processes with the broker's two lanes and its downing, each flooding both others on both lanes: more waits on every connection than
/// it carries in the time after which a node is suspected. Nobody may become unreachable or be taken out: the heartbeats overtake.
/// </summary>
/// <remarks><c>SATURATION_SECONDS</c> (default 60) of flooding; <c>SATURATION_SUSPECT_MS</c> (default 1000) is the patience of the voters; more
/// for a machine that does not run a ready thread for so long.</remarks>
internal static class SaturationBenchmark
{
    private const int Nodes = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is ["node", ..]) return await SaturationProcess.Run([.. arguments[1..].Select(int.Parse)]);
        var seconds = Setting("SATURATION_SECONDS", 60);
        var ports = FreePorts(2 * Nodes);
        var processes = Enumerable.Range(1, Nodes).Select(node => Start([node, seconds, Setting("SATURATION_SUSPECT_MS", 1000), .. ports])).ToList();
        try
        {
            using var limit = new CancellationTokenSource(s_patience + TimeSpan.FromSeconds(seconds));
            await Task.WhenAll(processes.Select(process => Line(process, SaturationProcess.Up, limit.Token)));
            foreach (var process in processes) await process.StandardInput.WriteLineAsync("go");
            var results = await Task.WhenAll(processes.Select(process => Line(process, SaturationProcess.Result, limit.Token)));
            return Report(results, seconds);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.StandardInput.Close();
                if (!process.WaitForExit(TimeSpan.FromSeconds(20))) process.Kill();
                process.Dispose();
            }
        }
    }

    private static int Report(string[] results, int seconds)
    {
        var sums = new double[5];
        foreach (var result in results)
        {
            Console.WriteLine($"  {result}");
            var values = result.Split(' ')[1..].Select(text => double.Parse(text.Split('=')[1], CultureInfo.InvariantCulture)).ToArray();
            for (var i = 0; i < sums.Length; i++) sums[i] += values[i];
        }

        var (control, bulk, suspected, unreachable, gone) = (sums[0], sums[1], sums[2], sums[3], sums[4]);
        var isWell = control > 0 && bulk > 0 && unreachable == 0 && gone == 0;
        Console.WriteLine($"both lanes full for {seconds} s: control {control / seconds:N0} MB/s, bulk {bulk / seconds:N0} MB/s, suspected {suspected:N0}, " +
            $"unreachable {unreachable:N0}, taken out {gone:N0} (goal none: {(isWell ? "met" : "missed")})");
        return isWell ? 0 : 1;
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static async Task<string> Line(Process process, string start, CancellationToken cancellation)
    {
        while (true)
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellation)
                ?? throw new InvalidOperationException($"A process has ended before it said '{start}'");
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
            Console.Error.WriteLine(line);
        }
    }

    private static Process Start(IEnumerable<int> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(SaturationBenchmark).Assembly.Location);
        foreach (var argument in new[] { "saturate", "node" }.Concat(arguments.Select(number => $"{number}"))) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in sockets) socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var ports = sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToArray();
        foreach (var socket in sockets) socket.Dispose();
        return ports;
    }
}
