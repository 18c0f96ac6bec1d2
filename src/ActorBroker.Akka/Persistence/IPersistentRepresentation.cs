using Akka.Actor;

namespace Akka.Persistence;

/// <summary>An event with all that a journal keeps of it.</summary>
public interface IPersistentRepresentation
{
    object Payload { get; }

    string Manifest { get; }

    string PersistenceId { get; }

    long SequenceNr { get; }

    /// <summary>When the journal wrote it, in ticks; 0 before that.</summary>
    long Timestamp { get; }

    /// <summary>Names the incarnation that wrote it: a replay tells two writers of one id apart by this.</summary>
    string WriterGuid { get; }

    bool IsDeleted { get; }

    /// <summary>Who sent the command; not kept by journals.</summary>
    IActorRef? Sender { get; }

    IPersistentRepresentation WithTimestamp(long newTimestamp);

    IPersistentRepresentation WithPayload(object payload);

    IPersistentRepresentation WithManifest(string manifest);

    IPersistentRepresentation Update(long sequenceNr, string persistenceId, bool isDeleted, IActorRef? sender, string writerGuid);
}
