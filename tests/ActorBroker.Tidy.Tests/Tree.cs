namespace ActorBroker.Tidy.Tests;

/// <summary>The checkout that the tests read.</summary>
internal static class Tree
{
    public static readonly string Root = FindRoot();

    public static IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories);

    /// <summary>Every C# file below <paramref name="folder"/> that people write, relative to the root.</summary>
    public static IEnumerable<string> Sources(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            if (!relative.Contains("/obj/") && !relative.Contains("/bin/")) yield return relative;
        }
    }

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "ActorBroker.sln"))) return at.FullName;
        throw new InvalidOperationException("The tests do not run from within the checkout.");
    }
}
