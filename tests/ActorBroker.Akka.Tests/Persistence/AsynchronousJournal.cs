using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Akka.Tests.Persistence;

/// <summary>An in-memory journal that completes on pool threads, in no fixed order between actors; refuses what its settings say.</summary>
public sealed class AsynchronousJournal(Config config) : MemoryJournal
{
    private readonly string _refused = config.GetString("refused", "nothing");
    private readonly Lock _lock = new();

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var writes = messages.ToList();
        for (var i = writes[0].LowestSequenceNr % 3; i >= 0; i--)
            await Task.Yield();
        if (writes.Exists(w => ((IEnumerable<IPersistentRepresentation>)w.Payload).Any(e => e.Payload.Equals(_refused))))
            throw new IOException($"{_refused} is refused");
        lock (_lock)
        {
            Assert.True(base.WriteMessagesAsync(writes).IsCompletedSuccessfully);
            return null!;
        }
    }
}
