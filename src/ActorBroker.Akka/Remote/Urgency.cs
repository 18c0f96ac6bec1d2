using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// Which messages overtake the ordinary ones on their way to a node: heartbeats and the cluster's own, by their type, and everything to the
/// actors of the cluster's daemon, by its path: a downing provider's own words live there, and would otherwise wait behind whatever fills
/// the connection and make a node look dead that is busy. All messages to one actor go one way, so their order stays.
/// </summary>
internal static class Urgency
{
    private static readonly string[] s_daemon = ["system", "cluster", "core", "daemon"];

    public static bool IsOf(object message, RemoteActorRef recipient) => message switch
    {
        IPriorityMessage => true,
        ActorSelectionMessage selection => selection.Message is IPriorityMessage || IsOf(selection.Elements),
        _ => recipient.IsUrgent,
    };

    public static bool IsOf(IReadOnlyList<string> elements)
    {
        if (elements.Count <= s_daemon.Length) return false;
        for (var i = 0; i < s_daemon.Length; i++)
            if (elements[i] != s_daemon[i]) return false;
        return true;
    }
}
