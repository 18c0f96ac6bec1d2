using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Upgrade;

/// <summary>
/// The earlier version that upgrades begin with: the commit that the file <c>previous-version</c> names, built once from the repository's
/// history, or the program that <c>ACTORBROKER_PREVIOUS_DLL</c> names.
/// </summary>
internal static class PreviousVersion
{
    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(8);

    /// <summary>Its <c>actorbroker.dll</c>; skips the test when the history does not have the commit.</summary>
    public static async Task<string> Dll()
    {
        if (Environment.GetEnvironmentVariable("ACTORBROKER_PREVIOUS_DLL") is { Length: > 0 } named) return named;
        var commit = (await File.ReadAllTextAsync(Path.Combine(Checkout.Project, "previous-version"))).Trim();
        Skip.If(Outside.Find("git") is null, "git is not installed");
        await using (var git = Client.Start("git", "-C", Checkout.Root, "cat-file", "-e", $"{commit}^{{commit}}"))
            Skip.If(await git.Ends() != 0, $"the repository's history does not have commit {commit}: a shallow clone?");
        var folder = Path.Combine(Checkout.Project, "obj", "previous", commit);
        var dll = Path.Combine(folder, "src", "ActorBroker.Server", "bin", "Release", "net10.0", "actorbroker.dll");
        var stamp = Path.Combine(folder, "built");
        if (File.Exists(stamp)) return dll;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        await Client.Run("sh", ["-c", $"git -C '{Checkout.Root}' archive {commit} | tar -x -C '{folder}'"]);
        var quiet = new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" };
        await using var build = Client.Start(
            quiet, "dotnet", "build", Path.Combine(folder, "src", "ActorBroker.Server"), "-c", "Release", "-v", "q", "-nologo");
        await build.Succeeds(s_buildLimit);
        await File.WriteAllTextAsync(stamp, "");
        return dll;
    }
}
