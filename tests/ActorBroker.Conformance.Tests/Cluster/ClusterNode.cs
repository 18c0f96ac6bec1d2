using System.Diagnostics;
using System.Net;
using ActorBroker.Conformance.Tests.Brokers;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>One node's process in a <see cref="TestCluster"/>: started, stopped, killed, frozen, each on the same directory and
/// addresses.</summary>
internal sealed class ClusterNode(ClusterNetwork network, int id, string directory, int clientPort, int clusterPort, Func<string> seeds, string[] settings)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(90);
    private Process? _process;
    private int _brokerPid;

    public int Id => id;
    public string Host => network.Host(id);
    public int ClientPort => clientPort;
    public string Bootstrap => $"{Host}:{clientPort}";
    public string ClusterAddress => $"{Host}:{clusterPort}";
    public string Directory => directory;
    public LogTail Log { get; } = new(4000);
    public int ProcessId => _brokerPid;
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Environment of the next start, for instance a shifted clock.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Further options of the next start.</summary>
    public List<string> Options { get; } = [];

    /// <summary>Where it tells its health from the next start on; nowhere while 0.</summary>
    public int HttpPort { get; set; }

    /// <summary>Starts as a node that knows of no cluster, from the next start on.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Another program than this checkout's build, for instance the version before.</summary>
    public string Dll { get; set; } = BrokerKind.OursDll;

    public void Launch()
    {
        if (IsRunning) throw new InvalidOperationException($"Node {id} is running already.");
        string[] others = IsAlone ? [] : ["--cluster-listen", ClusterAddress, "--seed", seeds()];
        string[] start =
        [
            Dll, "start", "--data", directory, "--node-id", id.ToString(), "--listen", Bootstrap, .. others,
            "--set", $"actorbroker.http.listen={(HttpPort > 0 ? $"{Host}:{HttpPort}" : "")}", "--set", "group.initial.rebalance.delay.ms=0",
        ];
        var (program, arguments) = network.Wrap(id, "dotnet", [.. start, .. Options, .. settings.SelectMany(setting => new[] { "--set", setting })]);
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in Environment) info.Environment[name] = value;
        Log.Add($"--- start {DateTime.UtcNow:HH:mm:ss.fff}");
        _process?.Dispose();
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Log.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Log.Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        // ip netns exec replaces itself by the program: the process that was started is the broker.
        _brokerPid = _process.Id;
    }

    /// <summary>True when <c>/readyz</c> says so.</summary>
    public Task<bool> IsReady(HttpClient http) => Answers(http, "/readyz", HttpStatusCode.OK);

    public async Task<bool> Answers(HttpClient http, string path, HttpStatusCode status)
    {
        try
        {
            using var answer = await http.GetAsync($"http://{Host}:{HttpPort}{path}");
            return answer.StatusCode == status;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public void Signal(int signal) => Signals.Send(_brokerPid, signal);

    public async Task Kill()
    {
        if (!IsRunning) return;
        Log.Add($"--- SIGKILL {DateTime.UtcNow:HH:mm:ss.fff}");
        Signal(Signals.Kill);
        await Ended();
    }

    public async Task<int> Stop()
    {
        Log.Add($"--- SIGTERM {DateTime.UtcNow:HH:mm:ss.fff}");
        Signal(Signals.Terminate);
        return await Ended();
    }

    public async Task<int> Ended()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Signal(Signals.Kill);
            throw new TimeoutException($"Node {id} did not end within {StopLimit.TotalSeconds} s:\n{Log}");
        }

        return _process.ExitCode;
    }

    public async Task End()
    {
        if (IsRunning)
        {
            Signal(Signals.Kill);
            await _process!.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }
}
