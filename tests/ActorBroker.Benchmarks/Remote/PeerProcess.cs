using System.Diagnostics;

namespace ActorBroker.Benchmarks.Remote;

/// <summary>This program again, as the other node.</summary>
internal sealed class PeerProcess(Process process) : IDisposable
{
    public static PeerProcess Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(PeerProcess).Assembly.Location);
        start.ArgumentList.Add("remote");
        start.ArgumentList.Add("peer");
        return new PeerProcess(Process.Start(start)!);
    }

    public async Task<string> Address() =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The other process has ended");

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill();
        process.Dispose();
    }
}
