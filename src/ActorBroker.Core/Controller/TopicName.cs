namespace ActorBroker.Core.Controller;

/// <summary>The rules for topic names (R72). Metrics turn '.' into '_', so two names that differ only there collide.</summary>
public static class TopicName
{
    public const int MaxLength = 249;

    /// <summary>Kafka's own metadata log, which no client may create.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>What is wrong with the name, in Kafka's words; null when nothing is.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0) return "Topic name is invalid: the empty string is not allowed";
        if (name is "." or "..") return $"Topic name is invalid: '{name}' is not allowed";
        if (name.Length > MaxLength)
            return $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {MaxLength}";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
        }
        return null;
    }

    public static bool CanCollide(string name) => name.AsSpan().IndexOfAny('.', '_') >= 0;

    /// <summary>The form in which colliding names are the same.</summary>
    public static string Normalize(string name) => name.Replace('.', '_');
}
