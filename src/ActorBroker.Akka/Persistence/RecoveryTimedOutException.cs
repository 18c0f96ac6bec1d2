using Akka.Actor;

namespace Akka.Persistence;

/// <summary>A journal or a snapshot store gave nothing for longer than <c>recovery-event-timeout</c>.</summary>
public sealed class RecoveryTimedOutException : AkkaException
{
    public RecoveryTimedOutException()
    {
    }

    public RecoveryTimedOutException(string? message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
