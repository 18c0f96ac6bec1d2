using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>The reading side of a journal.</summary>
public interface IAsyncRecovery
{
    /// <summary>Gives the events from one sequence number to another (both included), at most <paramref name="max"/>, in order.</summary>
    Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback);

    /// <summary>The highest sequence number ever written, deleted events included; 0 when there is none.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);
}
