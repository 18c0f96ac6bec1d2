using System.Diagnostics;

namespace ActorBroker.Akka.Tests.Remote.Processes;

/// <summary>This assembly again, as another node.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _configFile;

    private PeerProcess(Process process, string configFile)
    {
        _process = process;
        _configFile = configFile;
    }

    public string Address { get; private set; } = "";

    public static async Task<PeerProcess> Start(string config)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, config);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(PeerProcess).Assembly.Location);
        start.ArgumentList.Add("peer");
        start.ArgumentList.Add(file);
        var peer = new PeerProcess(Process.Start(start)!, file);
        peer.Address = await peer.NextLine();
        return peer;
    }

    public async Task<string> NextLine() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30))
        ?? throw new InvalidOperationException("The other process has ended");

    /// <summary>No good-bye.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Pause() => Signal("STOP");

    public void GoOn() => Signal("CONT");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal("CONT");
            Kill();
        }
        _process.Dispose();
        File.Delete(_configFile);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString()]);
        kill.WaitForExit();
    }
}
