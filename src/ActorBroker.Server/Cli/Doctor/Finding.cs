using System.Text.Json.Nodes;

namespace ActorBroker.Server.Cli.Doctor;

internal enum FindingLevel
{
    Ok,
    Note,
    Warning,
    Failure,
}

/// <summary>What one check saw, and what to do about it.</summary>
internal sealed record Finding(FindingLevel Level, string Check, string Text, string? Advice = null)
{
    public string Mark => Level switch
    {
        FindingLevel.Ok => "ok",
        FindingLevel.Note => "note",
        FindingLevel.Warning => "WARN",
        _ => "FAIL",
    };

    public JsonNode Json()
    {
        var tree = new JsonObject { ["level"] = Level.ToString().ToLowerInvariant(), ["check"] = Check, ["text"] = Text };
        if (Advice is not null) tree["advice"] = Advice;
        return tree;
    }
}
