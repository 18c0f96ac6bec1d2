using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence;

/// <summary>An entry of a batch on its way through the journal.</summary>
public interface IPersistentEnvelope
{
    object Payload { get; }

    IActorRef? Sender { get; }

    int Size { get; }
}

/// <summary>Events of one persistent actor that a journal writes all or none.</summary>
public sealed class AtomicWrite : IPersistentEnvelope
{
    public AtomicWrite(IPersistentRepresentation @event)
        : this(ImmutableArray.Create(@event))
    {
    }

    public AtomicWrite(IImmutableList<IPersistentRepresentation> payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Count == 0)
            throw new ArgumentException("An atomic write needs an event", nameof(payload));
        PersistenceId = payload[0].PersistenceId;
        if (payload.Any(p => p.PersistenceId != PersistenceId))
            throw new ArgumentException("The events of an atomic write belong to one persistence id", nameof(payload));
        Payload = payload;
        Size = payload.Count;
        LowestSequenceNr = payload[0].SequenceNr;
        HighestSequenceNr = payload[^1].SequenceNr;
    }

    /// <summary>A list of <see cref="IPersistentRepresentation"/>.</summary>
    public object Payload { get; }

    public IActorRef? Sender => ActorRefs.NoSender;

    public int Size { get; }

    public string PersistenceId { get; }

    public long LowestSequenceNr { get; }

    public long HighestSequenceNr { get; }

    public override string ToString() =>
        $"AtomicWrite<pid: {PersistenceId}, lowSeqNr: {LowestSequenceNr}, highSeqNr: {HighestSequenceNr}, size: {Size}>";

    internal IImmutableList<IPersistentRepresentation> Events => (IImmutableList<IPersistentRepresentation>)Payload;
}

/// <summary>A deferred message: it is not written, its answer only takes its turn among those of the events.</summary>
internal sealed class NonPersistentMessage(object payload, IActorRef? sender) : IPersistentEnvelope
{
    public object Payload => payload;

    public IActorRef? Sender => sender;

    public int Size => 1;
}
