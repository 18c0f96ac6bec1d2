using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>What journals have in common.</summary>
public abstract class WriteJournalBase : ActorBase
{
    /// <summary>The atomic writes of a batch in the form that is kept: without senders.</summary>
    protected IEnumerable<AtomicWrite> PreparePersistentBatch(IEnumerable<IPersistentEnvelope> resequenceables) =>
        resequenceables.OfType<AtomicWrite>().Select(static write => new AtomicWrite(write.Events
            .Select(static e => e.Update(e.SequenceNr, e.PersistenceId, e.IsDeleted, ActorRefs.NoSender, e.WriterGuid))
            .ToImmutableArray()));
}
