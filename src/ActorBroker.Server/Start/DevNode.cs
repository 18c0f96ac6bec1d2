using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorBroker.Server.Start;

/// <summary>One node of <c>actorbroker dev</c>: this executable again as <c>start</c>, in a process of its own.</summary>
internal sealed partial class DevNode(int id, string root, string client, IReadOnlyList<string> options)
{
    private const int Terminate = 15;
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    public int Id => id;
    public string Root => root;

    /// <summary>Where clients reach it.</summary>
    public string Client => client;

    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Completes when the node has said that it is ready.</summary>
    public Task Ready => _ready.Task;

    public Task Ended => _ended.Task;

    public void Start()
    {
        var own = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(own).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] first = isHost ? [Path.Combine(AppContext.BaseDirectory, "actorbroker.dll"), "start"] : ["start"];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(own, [.. first, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Show(Console.Out, line.Data);
        _process.ErrorDataReceived += (_, line) => Show(Console.Error, line.Data);
        _process.Exited += (_, _) => OnExit();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>SIGTERM; nothing when it has ended. On Ctrl-C the terminal has sent it SIGINT already, and twice does no harm.</summary>
    public void RequestStop()
    {
        if (_process is not { HasExited: false } process) return;
        if (OperatingSystem.IsWindows()) process.Kill();
        else _ = Kill(process.Id, Terminate);
    }

    /// <summary>Waits for the end and kills what does not end; true when it stopped in order.</summary>
    public async Task<bool> StopAsync()
    {
        if (_process is not { } process) return true;
        if (await Task.WhenAny(_ended.Task, Task.Delay(s_stopLimit)).ConfigureAwait(false) != _ended.Task) process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0;
    }

    private void Show(TextWriter writer, string? line)
    {
        if (line is null) return;
        if (line.StartsWith("ActorBroker is ready", StringComparison.Ordinal)) _ready.TrySetResult();
        lock (Console.Out) writer.WriteLine($"{id} | {line}");
    }

    private void OnExit()
    {
        Show(Console.Error, $"ended with exit code {_process!.ExitCode}");
        _ended.TrySetResult();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
