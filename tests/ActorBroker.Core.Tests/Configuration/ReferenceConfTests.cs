using System.Runtime.CompilerServices;
using ActorBroker.Core.Configuration;

namespace ActorBroker.Core.Tests.Configuration;

/// <summary>HOCON keys against settings: the file and the tables say the same.</summary>
public class ReferenceConfTests
{
    private const string BlockStart = "  broker {\n";

    [Fact]
    public void The_reference_file_holds_exactly_the_settings_of_the_tables()
    {
        var path = Path.Combine(Root(), "hocon", "reference.conf");
        var text = File.ReadAllText(path);
        var start = text.IndexOf(BlockStart, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("REFERENCE_CONF") == "write")
        {
            text = (start < 0 ? text : text[..start]) + ReferenceText.Render() + "}\n";
            File.WriteAllText(path, text);
            start = text.IndexOf(BlockStart, StringComparison.Ordinal);
        }

        Assert.True(start >= 0, "hocon/reference.conf has no block actorbroker.broker; run the test with REFERENCE_CONF=write.");
        var expected = ReferenceText.Render().Split('\n');
        var actual = text[start..].Split('\n');
        for (var i = 0; i < expected.Length - 1; i++) Assert.Equal(expected[i], i < actual.Length ? actual[i] : "(end of file)");
        Assert.Equal("}", actual[expected.Length - 1]);
    }

    [Fact]
    public void Every_setting_says_what_it_means()
    {
        SettingTable[] tables = [SettingTables.Broker, SettingTables.Topic, SettingTables.Group, SettingTables.DynamicOnly];
        Assert.All(tables.SelectMany(table => table.All), definition =>
        {
            Assert.True(definition.Documentation.Length > 15, definition.Name);
            Assert.EndsWith(".", definition.Documentation);
        });
    }

    [Fact]
    public void Every_default_satisfies_its_own_rules()
    {
        SettingTable[] tables = [SettingTables.Broker, SettingTables.Topic, SettingTables.Group, SettingTables.DynamicOnly];
        foreach (var definition in tables.SelectMany(table => table.All))
            if (definition.Default is { } value) Assert.Null(definition.Problem(value));
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
