using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ActorBroker.Tidy.Tests;

public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> s_mayReference = new()
    {
        ["ActorBroker.Akka"] = [],
        ["ActorBroker.Akka.TestKit"] = ["ActorBroker.Akka"],
        ["ActorBroker.Protocol.Generator"] = [],
        ["ActorBroker.Protocol"] = ["ActorBroker.Protocol.Generator"],
        ["ActorBroker.Core"] = ["ActorBroker.Protocol"],
        ["ActorBroker.Storage"] = ["ActorBroker.Core"],
        ["ActorBroker.Actors"] = ["ActorBroker.Storage"],
        ["ActorBroker.Network"] = ["ActorBroker.Core"],
        ["ActorBroker.Server"] = ["ActorBroker.Actors", "ActorBroker.Network"],
    };

    [Fact]
    public void Assemblies_reference_only_the_ones_below_them()
    {
        var wrong = new List<string>();
        foreach (var project in Tree.Projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(s_mayReference.TryGetValue(name, out var allowed), $"{name} is new: say in this test what it may reference");
            foreach (var reference in XDocument.Load(project).Descendants("ProjectReference"))
            {
                var target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                if (!allowed.Contains(target)) wrong.Add($"{name} → {target}");
            }
        }

        Assert.Empty(wrong);
    }

    public static TheoryData<string, string, string> Banned => new()
    {
        { "src/ActorBroker.Core", @"\busing Akka\b|\bAkka\.", "Core knows no actors" },
        { "src/ActorBroker.Network", @"\busing Akka\b|\bAkka\.Actor", "the gateway knows no actors" },
        { "src/ActorBroker.Storage", @"\busing Akka\b|\bAkka\.Actor", "the storage knows no actors" },
        { "src/ActorBroker.Protocol", @"\busing (Akka|System\.IO\.(?!Compression)|System\.Net|System\.Threading)\b", "the protocol does no I/O" },
        { "src/ActorBroker.Core", @"\bDateTime(Offset)?\.(Utc)?Now\b|\bStopwatch\b|\bEnvironment\.TickCount", "time is passed in" },
        { "src/ActorBroker.Core", @"\bRandom\.Shared\b|\bnew Random\b|\bGuid\.NewGuid\b", "randomness is passed in" },
        { "src/ActorBroker.Core", @"\bTask\.Run\b|\bThread\b|\bSocket\b|\bFile\.(Open|Read|Write)", "Core has no threads and no I/O" },
        { "src", @"\bNotImplementedException\b|\bThread\.Sleep\b|\bTask\.Delay\(\d", "no stub, no sleep" },
        // The one portable fallback hands .NET's flush to Portably(…) where there is no fdatasync to call.
        { "src", @"(?<!, \(\) => RandomAccess)\.FlushToDisk\(|\.Flush\((true|flushToDisk)", ".NET's flush hides failed syncs: use the P/Invoke" },
        { "src", @"#region\b|\bdateTime\.Now\b", "no regions" },
        { "src", @"catch\s*(\(Exception[^)]*\))?\s*\{\s*\}", "no empty catch of everything" },
        { "tests", @"Assert\.True\(true\)|\[(Fact|Theory)\(Skip", "no test that asserts nothing" },
    };

    [Theory]
    [MemberData(nameof(Banned))]
    public void Code_uses_nothing_that_its_layer_bans(string folder, string pattern, string why)
    {
        var ban = new Regex(pattern);
        var found = new List<string>();
        foreach (var path in Tree.Sources(folder))
        {
            if (path.StartsWith("tests/ActorBroker.Tidy.Tests", StringComparison.Ordinal)) continue;
            var lines = new SourceShape(Tree.Read(path)).Code.Split('\n');
            for (var i = 0; i < lines.Length; i++)
                if (ban.IsMatch(lines[i])) found.Add($"{path}:{i + 1}: {why}: {lines[i].Trim()}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Core_awaits_nowhere_but_at_its_ports()
    {
        var found = new List<string>();
        foreach (var path in Tree.Sources("src/ActorBroker.Core"))
            if (!path.Contains("/Ports/") && Regex.IsMatch(new SourceShape(Tree.Read(path)).Code, @"\bawait\b|\basync\b")) found.Add(path);
        Assert.Empty(found);
    }

    [Fact]
    public void No_comment_says_that_something_is_left_to_do()
    {
        var found = new List<string>();
        foreach (var path in Tree.Sources("src"))
            foreach (Match mark in Regex.Matches(Tree.Read(path), @"\b(TODO|FIXME|HACK|XXX)\b")) found.Add($"{path}: {mark.Value}");
        Assert.Empty(found);
    }

    [Fact]
    public void Types_are_not_named_after_nothing()
    {
        var found = new List<string>();
        var banned = new Regex(@"\b(?:class|struct|interface|record)\s+(\w+(?:Manager|Helper|Helpers|Utils|Util|Service|Impl))\b");
        foreach (var path in Tree.Sources("src"))
        {
            if (path.StartsWith("src/ActorBroker.Akka", StringComparison.Ordinal)) continue; // Akka.NET's own names
            foreach (Match type in banned.Matches(new SourceShape(Tree.Read(path)).Code)) found.Add($"{path}: {type.Groups[1].Value}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void The_map_in_the_architecture_names_every_assembly()
    {
        var map = Tree.Read("src/ARCHITECTURE.md");
        foreach (var project in Tree.Projects) Assert.Contains(Path.GetFileNameWithoutExtension(project), map);
        foreach (Match name in Regex.Matches(map, @"`(src/[\w./-]+?\.cs)`"))
            Assert.True(File.Exists(Path.Combine(Tree.Root, name.Groups[1].Value)), $"ARCHITECTURE.md names {name.Groups[1].Value}, which is not there");
    }
}
