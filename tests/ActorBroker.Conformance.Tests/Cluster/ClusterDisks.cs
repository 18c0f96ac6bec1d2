using System.Diagnostics;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>A small disk of its own for each node's data (tmpfs, as root), which a test can fill.</summary>
internal sealed class ClusterDisks : IAsyncDisposable
{
    private const string Filler = "filler";
    private readonly Dictionary<int, string> _mounts = [];

    /// <summary>Root, and allowed to: a container's root may not mount.</summary>
    public static bool CanMount => s_canMount.Value;

    private static readonly Lazy<bool> s_canMount = new(() => Environment.UserName == "root" && TryOne());

    public async Task Mount(ClusterNode node, int megabytes)
    {
        System.IO.Directory.CreateDirectory(node.Directory);
        await Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", node.Directory);
        _mounts.Add(node.Id, node.Directory);
    }

    /// <summary>Takes all space that is left.</summary>
    public async Task Fill(int node)
    {
        var path = Path.Combine(_mounts[node], Filler);
        var buffer = new byte[1 << 20];
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        try
        {
            for (var size = buffer.Length; size >= 4096;)
            {
                try
                {
                    file.Write(buffer, 0, size);
                }
                catch (IOException) when (size > 4096)
                {
                    size /= 4;
                }
            }
        }
        catch (IOException)
        {
            // Full to the last page: what was wanted.
        }
    }

    public void Free(int node) => File.Delete(Path.Combine(_mounts[node], Filler));

    public async ValueTask DisposeAsync()
    {
        foreach (var mount in _mounts.Values) await Run("umount", mount);
    }

    private static bool TryOne()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("actorbroker-mount-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory).Wait();
            Run("umount", directory).Wait();
            return true;
        }
        catch (AggregateException)
        {
            return false;
        }
        finally
        {
            System.IO.Directory.Delete(directory);
        }
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
