using System.Collections.Immutable;
using ActorBroker.Storage.Journal;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Actors.Journal;

/// <summary>
/// The durable journal of one node: all persistent actors of a log directory share one file (<see cref="JournalFile"/>). Durable means
/// synced before
/// the actor hears of it. Configured by <c>akka.persistence.journal.actorbroker.path</c>.
///
/// A failed write stops the actors that asked for it, as Akka.Persistence demands, and every later write fails too: the outcome is
/// unknown, and
/// only opening the file anew tells what reached the disk.
/// </summary>
public sealed class LocalJournal : AsyncWriteJournal
{
    /// <summary>The plugin's id: what <c>akka.persistence.journal.plugin</c> or an actor's <c>JournalPluginId</c> names.</summary>
    public const string PluginId = "akka.persistence.journal.actorbroker";

    private readonly JournalFile _file;
    private readonly AkkaSerialization _serialization;

    public LocalJournal(Config config)
    {
        var path = config.GetString("path", "");
        if (path.Length == 0) throw new ConfigurationException($"{PluginId}.path is not set: name the file that the journal is to be kept in.");
        _file = JournalFile.Open(path);
        _serialization = Context.System.Serialization;
    }

    protected override void PostStop()
    {
        _file.Dispose();
        base.PostStop();
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        Task.FromResult(_file.HighestSequenceNr(persistenceId));

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        _file.Replay(persistenceId, fromSequenceNr, toSequenceNr, max, entry =>
        {
            var payload = _serialization.Deserialize(entry.Payload.ToArray(), entry.SerializerId, entry.Manifest);
            recoveryCallback(new Persistent(payload, entry.SequenceNr, persistenceId, entry.Manifest, false, ActorRefs.NoSender, entry.WriterId, 0L));
        });
        return Task.CompletedTask;
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var entries = new List<JournalEntry>();
        foreach (var write in messages)
            foreach (var message in (IImmutableList<IPersistentRepresentation>)write.Payload)
                entries.Add(Encode(message));
        await _file.AppendAsync(entries).ConfigureAwait(false);
        return null!;
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) => _file.DeleteToAsync(persistenceId, toSequenceNr);

    private JournalEntry Encode(IPersistentRepresentation message)
    {
        var serializer = _serialization.FindSerializerFor(message.Payload, null);
        var manifest = AkkaSerialization.ManifestFor(serializer, message.Payload);
        return new JournalEntry(
            message.PersistenceId, message.SequenceNr, serializer.Identifier, manifest, message.WriterGuid ?? "", serializer.ToBinary(message.Payload));
    }
}
