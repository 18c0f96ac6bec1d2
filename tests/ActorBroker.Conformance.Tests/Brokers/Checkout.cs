namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>Where things lie: this checkout, the folder of shared peers beside it, scratch space.</summary>
internal static class Checkout
{
    public static readonly string Root = FindRoot();
    public static readonly string Project = Path.Combine(Root, "tests", "ActorBroker.Conformance.Tests");

    /// <summary>Installed by the project's <c>setup</c> script.</summary>
    public static readonly string Clients = Path.Combine(Project, ".clients");

    /// <summary>The shared folder with Apache Kafka, Python wheels and load generators; it may be absent.</summary>
    public static readonly string Shared = Environment.GetEnvironmentVariable("ACTORBROKER_SHARED") is { Length: > 0 } named
        ? named
        : Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    public static string ClientSource(string relative) => Path.Combine(Project, "clients", relative);

    public static string NewScratch(string name) => Directory.CreateTempSubdirectory($"actorbroker-{name}-").FullName;

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "ActorBroker.sln"))) return at.FullName;
        throw new InvalidOperationException("The tests do not run from within the checkout.");
    }
}
