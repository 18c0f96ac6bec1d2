using System.Text;
using ActorBroker.Protocol;

namespace ActorBroker.Server.Cli.Client;

/// <summary>Error codes as Kafka's documentation writes them: UNKNOWN_TOPIC_OR_PARTITION.</summary>
internal static class ErrorNames
{
    public static string Of(ErrorCode code)
    {
        var name = code.ToString();
        if (char.IsDigit(name[0]) || name[0] == '-') return $"ERROR_{name.TrimStart('-')}";
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }
}
