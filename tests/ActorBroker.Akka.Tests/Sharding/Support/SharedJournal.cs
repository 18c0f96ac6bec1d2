using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>
/// A journal that several actor systems of a test share, as bytes: <c>name</c> says which. As a quorum journal does, it appends an
/// entry of its own to every log that is recovered, which its readers do not know.
/// </summary>
public sealed class SharedJournal(Config config) : AsyncWriteJournal
{
    private static readonly ConcurrentDictionary<string, SharedLog> Logs = new();

    private readonly string _name = config.GetString("name")!;

    public static SharedLog LogOf(string name, string persistenceId) => Logs.GetOrAdd($"{name} {persistenceId}", _ => new SharedLog());

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var entry in LogOf(_name, persistenceId).Read(fromSequenceNr, toSequenceNr))
        {
            var payload = entry.SerializerId == 0
                ? new JournalsOwn(entry.SequenceNr)
                : context.System.Serialization.Deserialize(entry.Bytes, entry.SerializerId, entry.Manifest);
            recoveryCallback(new Persistent(payload, entry.SequenceNr, persistenceId, null, false, null, entry.Writer));
        }
        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        Task.FromResult(LogOf(_name, persistenceId).AppendOwn());

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var serialization = Context.System.Serialization;
        foreach (var write in messages)
        {
            foreach (var persistent in (IEnumerable<IPersistentRepresentation>)write.Payload)
            {
                var log = LogOf(_name, persistent.PersistenceId);
                if (log.FailsWrites)
                    throw new IOException("the shared journal fails this write");
                var serializer = serialization.FindSerializerFor(persistent.Payload);
                var bytes = serialization.Serialize(persistent.Payload);
                var manifest = global::Akka.Serialization.Serialization.ManifestFor(serializer, persistent.Payload);
                log.Append(new SharedEntry(persistent.SequenceNr, bytes, serializer.Identifier, manifest, persistent.WriterGuid));
            }
        }
        return Task.FromResult<IImmutableList<Exception>>(null!);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        LogOf(_name, persistenceId).DeleteTo(toSequenceNr);
        return Task.CompletedTask;
    }

    public sealed record JournalsOwn(long Number);
}
