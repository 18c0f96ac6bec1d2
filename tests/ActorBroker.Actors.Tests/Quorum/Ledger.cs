using System.Text;
using ActorBroker.Actors.Quorum;
using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;

namespace ActorBroker.Actors.Tests.Quorum;

public sealed record Noted(string Text);

/// <summary>Note these in one atomic write; answered with how many there are.</summary>
public sealed record Note(params string[] Texts) : INoSerializationVerificationNeeded;

public sealed record SaveIt : INoSerializationVerificationNeeded;

public sealed record Read : INoSerializationVerificationNeeded;

public sealed record Contents(IReadOnlyList<string> Texts, IReadOnlyList<BallotWon> Ballots, long LastSequenceNr) : INoSerializationVerificationNeeded;

/// <summary>A persistent actor on the quorum journal, as the controller is one.</summary>
public sealed class Ledger : ReceivePersistentActor
{
    private readonly List<string> _texts = [];
    private readonly List<BallotWon> _ballots = [];
    private IActorRef _saver = ActorRefs.Nobody;

    public Ledger(string id)
    {
        PersistenceId = id;
        JournalPluginId = QuorumJournal.PluginId;
        SnapshotPluginId = QuorumSnapshotStore.PluginId;
        Recover<SnapshotOffer>(offer => _texts.AddRange(((Noted)offer.Snapshot).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Recover<Noted>(noted => _texts.Add(noted.Text));
        Recover<BallotWon>(_ballots.Add);
        Command<Note>(note =>
        {
            var left = note.Texts.Length;
            var sender = Sender;
            PersistAll(note.Texts.Select(text => new Noted(text)), noted =>
            {
                _texts.Add(noted.Text);
                if (--left == 0) sender.Tell(_texts.Count, Self);
            });
        });
        Command<Read>(_ => Sender.Tell(new Contents([.. _texts], [.. _ballots], LastSequenceNr), Self));
        Command<SaveIt>(_ =>
        {
            _saver = Sender;
            SaveSnapshot(new Noted(string.Join('\n', _texts)));
        });
        Command<SaveSnapshotSuccess>(saved => DeleteMessages(saved.Metadata.SequenceNr));
        Command<SaveSnapshotFailure>(failure => _saver.Tell(failure.Cause.Message, Self));
        Command<DeleteMessagesSuccess>(done => _saver.Tell(done.ToSequenceNr, Self));
        Command<DeleteMessagesFailure>(failure => _saver.Tell(failure.Cause.Message, Self));
    }

    public override string PersistenceId { get; }

    public static Props PropsFor(string id) => Props.Create(() => new Ledger(id));
}

public sealed class LedgerSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 19901;

    public override string Manifest(object o) => "noted";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Noted)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest) => new Noted(Encoding.UTF8.GetString(bytes));
}
