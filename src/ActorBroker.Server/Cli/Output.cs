using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli;

/// <summary>A command's result: a tree for scripts or text for people, only one of which is made.</summary>
internal sealed class Output(TextWriter writer, bool json)
{
    public bool IsJson { get; } = json;

    public TextWriter Writer { get; } = writer;

    public void Show(Func<JsonNode> asJson, Action<TextWriter> asText)
    {
        if (IsJson) Writer.WriteLine(JsonText.Show(asJson(), true));
        else asText(Writer);
        Writer.Flush();
    }

    /// <summary>One sentence that says what was done.</summary>
    public void Done(string text, JsonNode result) => Show(() => result, writer => writer.WriteLine(text));
}
