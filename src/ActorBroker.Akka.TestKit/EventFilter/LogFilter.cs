using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>One condition on log events.</summary>
internal sealed class LogFilter(string name, Predicate<LogEvent> isMatch)
{
    /// <summary>Called on the logger's thread for every event that matches.</summary>
    public event Action? Matched;

    public static Func<string, bool> Text(string? message, string? start, string? contains) =>
        message is not null ? text => text == message
        : start is not null ? text => text.StartsWith(start, StringComparison.Ordinal)
        : contains is not null ? text => text.Contains(contains, StringComparison.Ordinal)
        : static _ => true;

    /// <summary>A log source is an actor's path, with or without the system's address and name in front, or any other name.</summary>
    public static bool IsFrom(LogEvent e, string? source) =>
        source is null || e.LogSource == source || e.LogSource.StartsWith($"[{source}#", StringComparison.Ordinal)
        || (ActorPath.TryParse(e.LogSource.Trim('[', ']'), out var path)
            && (path!.ToStringWithoutAddress() == source || path.ToString() == source));

    public static string MessageOf(LogEvent e) => e.Message?.ToString() ?? "null";

    public static bool Matches(Error error, Exception? cause, Type? type, Func<string, bool> text, bool inner)
    {
        if (cause is null)
            return type is null && text(MessageOf(error));
        if (type is null || type.IsInstanceOfType(cause))
        {
            if (text(MessageOf(error)) || text(cause.Message))
                return true;
        }
        return inner && cause.InnerException is not null && Matches(error, cause.InnerException, type, text, inner);
    }

    public bool Apply(LogEvent e)
    {
        if (!isMatch(e))
            return false;
        Matched?.Invoke();
        return true;
    }

    public override string ToString() => name;
}

internal sealed record MuteFilters(IReadOnlyList<LogFilter> Filters) : INoSerializationVerificationNeeded;

internal sealed record UnmuteFilters(IReadOnlyList<LogFilter> Filters) : INoSerializationVerificationNeeded;
