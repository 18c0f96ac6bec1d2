using System.Text;
using ActorBroker.Core.Configuration.Tables;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Writes the settings as the block <c>actorbroker.broker</c> of a HOCON file: what each means, its unit, its default, whether it can
/// change at run time. <c>hocon/reference.conf</c> holds this text, and a test compares the two.
/// </summary>
public static class ReferenceText
{
    private const int Width = 120;

    public static string Render()
    {
        var text = new StringBuilder();
        text.AppendLine("  broker {");
        foreach (var own in new[] { true, false })
        {
            text.AppendLine(own
                ? "    # ---- ActorBroker's own settings ----"
                : "    # ---- Kafka's broker settings, by Kafka's names ----");
            text.AppendLine();
            foreach (var definition in SettingTables.Broker.All)
            {
                if (definition.IsInternal || definition.Name.StartsWith(OwnSettingTable.Prefix, StringComparison.Ordinal) != own) continue;
                Write(text, definition);
            }
        }
        text.AppendLine("  }");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Write(StringBuilder text, SettingDefinition definition)
    {
        foreach (var line in Wrap(definition.Documentation)) text.Append("    # ").AppendLine(line);
        var facts = new List<string>();
        if (UnitOf(definition) is { } unit) facts.Add($"Unit: {unit}.");
        facts.Add($"Default: {Describe(definition)}.");
        if (definition.Dynamic == DynamicMode.ClusterWide) facts.Add("Can change at run time.");
        if (definition.Dynamic == DynamicMode.PerBroker) facts.Add("Can change at run time, for single brokers.");
        text.Append("    # ").AppendLine(string.Join(' ', facts));
        text.Append("    \"").Append(definition.Name).Append("\" = ").AppendLine(Value(definition));
        text.AppendLine();
    }

    private static string Describe(SettingDefinition definition)
    {
        if (definition.Default is null)
        {
            return definition.StandIns.Count == 0 ? "not set"
                : $"not set, then {string.Join(", then ", definition.StandIns.Select(standIn => standIn.Name))}";
        }
        return definition.Default.Length == 0 ? "empty" : definition.Default;
    }

    private static string Value(SettingDefinition definition) => definition switch
    {
        { Default: null } => "null",
        { Type: SettingType.Boolean or SettingType.Int or SettingType.Long or SettingType.Short or SettingType.Double } =>
            definition.Default,
        _ => $"\"{definition.Default}\"",
    };

    private static string? UnitOf(SettingDefinition definition)
    {
        if (definition.Type is not (SettingType.Int or SettingType.Long or SettingType.Short or SettingType.Double)) return null;
        var name = definition.Name;
        foreach (var (part, unit) in Units)
            if (name.EndsWith(part, StringComparison.Ordinal)) return unit;
        return definition.Type == SettingType.Double ? "fraction" : "number";
    }

    private static readonly (string Suffix, string Unit)[] Units =
    [
        (".bytes.per.second", "bytes a second"), ("catchup.rate", "bytes a second"), (".rate", "connections a second"), ("ratio", "fraction"),
        (".factor", "number"), (".ms", "milliseconds"),
        (".bytes", "bytes"), (".seconds", "seconds"), (".secs", "seconds"), (".minutes", "minutes"), (".hours", "hours"),
        (".buffer.size", "bytes"), (".receive.size", "bytes"), (".max.size", "members"), (".level", "codec's own level"),
    ];

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length + 1 > Width)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        if (line.Length > 0) yield return line.ToString();
    }
}
