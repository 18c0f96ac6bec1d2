using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Benchmarks.Cluster;

/// <summary>
/// Three processes that start together and name each other as seed nodes: from the last start to the moment when all three know all
/// three as Up, processes included. Best of five.
/// </summary>
internal static class FormationBenchmark
{
    private const int Rounds = 5;
    private const int Nodes = 3;
    private const double GoalMs = 1_500;

    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is ["node", ..])
            return await MemberProcess.Run(int.Parse(arguments[1]), [.. arguments[2..].Select(int.Parse)]);
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var ms = await Form();
            best = Math.Min(best, ms);
            Console.WriteLine($"  three processes up: {ms,8:N0} ms");
        }
        Console.WriteLine($"three processes up: best {best:N0} ms (goal {GoalMs:N0}: {(best <= GoalMs ? "met" : "missed")})");
        return best <= GoalMs ? 0 : 1;
    }

    private static async Task<double> Form()
    {
        var ports = Enumerable.Range(0, Nodes).Select(_ => FreePort()).ToArray();
        var processes = new List<Process>();
        try
        {
            foreach (var port in ports)
                processes.Add(Start(port, ports));
            var start = Stopwatch.GetTimestamp();
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await Task.WhenAll(processes.Select(p => UntilUp(p, limit.Token)));
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        finally
        {
            foreach (var process in processes)
            {
                process.StandardInput.Close();
                if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
                    process.Kill();
                process.Dispose();
            }
        }
    }

    /// <summary>Other lines are its log: a seed node that is not there yet is worth a warning.</summary>
    private static async Task UntilUp(Process process, CancellationToken cancellation)
    {
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(cancellation)
                ?? throw new InvalidOperationException("A process has ended before it was up");
        }
        while (line != MemberProcess.Up);
    }

    private static Process Start(int port, int[] seeds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(FormationBenchmark).Assembly.Location);
        foreach (var argument in new[] { "cluster", "node", $"{port}" }.Concat(seeds.Select(s => $"{s}")))
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
