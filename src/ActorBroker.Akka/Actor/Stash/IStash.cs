namespace Akka.Actor;

/// <summary>Messages put aside, to be put back in front of the mailbox later.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>Most messages it takes; -1 is no limit.</summary>
    int Capacity { get; }

    /// <summary>Puts the message in work aside.</summary>
    void Stash();

    /// <summary>Puts the oldest message back.</summary>
    void Unstash();

    /// <summary>Puts all back, the oldest first in line.</summary>
    void UnstashAll();

    void UnstashAll(Func<Envelope, bool> predicate);

    IEnumerable<Envelope> ClearStash();

    void Prepend(IEnumerable<Envelope> envelopes);
}
