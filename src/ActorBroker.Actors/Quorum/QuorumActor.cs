using ActorBroker.Core.Quorum;
using ActorBroker.Storage;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// <c>/user/quorum</c>: a node's acceptor. Carries calls to the <see cref="AcceptorMachine"/> and its records to the file. What arrives while
/// a batch is being written is the next batch, across all logs: one write, one sync, done on another thread; the replies of a batch leave
/// when it is on the disk.
///
/// When a write fails the machine is ahead of the file and both are given up. On a full disk the file is opened again after a while; after
/// any other failure the voter is offline until the process starts again, and says so.
///
/// It also says who the node is, to nodes that look for their cluster (<see cref="BootstrapActor"/>).
/// </summary>
public sealed class QuorumActor : ReceiveActor, IWithTimers
{
    private const int CallsMax = 10_000;
    private static readonly TimeSpan WriteEndsWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(2);

    private readonly QuorumAccess _access;
    private readonly QuorumParts _parts = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<(IActorRef Sender, QuorumCall Call)> _waiting = [];
    private QuorumStore? _store;
    private List<(IActorRef Sender, QuorumReply Reply)> _replies = [];
    private bool _isWriting;
    private Task _write = Task.CompletedTask;
    private IActorRef? _importer;

    public QuorumActor(QuorumAccess access)
    {
        _access = access;
        _store = access.TakeStore();
        Receive<QuorumCall>(call => Accept(Sender, call));
        Receive<QuorumPart>(part =>
        {
            if (_parts.Add(Sender, part) is QuorumCall call) Accept(Sender, call);
        });
        Receive<WhoAreYou>(who => Sender.Tell(new IAm(who.Id, _access.Standing), Self));
        Receive<ImportRecords>(import => Import(import.Records));
        Receive<BatchWritten>(OnWritten);
        Receive<Reopen>(_ => Open());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostStop()
    {
        // Whoever comes next opens the file anew, and must find all that was written.
        _write.Wait(WriteEndsWithin);
        _store?.Dispose();
        base.PostStop();
    }

    private void Accept(IActorRef sender, QuorumCall call)
    {
        if (_store is null)
        {
            Answer(sender, new Refused(call.Request.Id, QuorumRefusal.Offline, Ballot.None, _access.Voters));
            return;
        }

        if (_waiting.Count >= CallsMax) return;
        _waiting.Add((sender, call));
        if (!_isWriting) Write(_store);
    }

    /// <summary>One frame, before the one that makes the node a voter; it replaces what an earlier start has imported.</summary>
    private void Import(IReadOnlyList<AcceptorRecord> records)
    {
        if (_store is null || _isWriting || _store.Machine.ClusterId.Length > 0) return;
        _importer = Sender;
        foreach (var record in records) _store.Machine.Apply(record);
        Persist(_store, [.. records]);
    }

    private void Write(QuorumStore store)
    {
        var records = new List<AcceptorRecord>();
        foreach (var (sender, call) in _waiting)
        {
            var decision = store.Machine.Decide(call);
            foreach (var record in decision.Records) store.Machine.Apply(record);
            records.AddRange(decision.Records);
            _replies.Add((sender, decision.Reply));
        }

        _waiting.Clear();
        if (records.Count == 0)
        {
            Release();
            return;
        }

        Persist(store, records);
    }

    private void Persist(QuorumStore store, List<AcceptorRecord> records)
    {
        _isWriting = true;
        var rewrite = store.IsWorthRewriting(store.Machine.Size) ? store.Machine.ToRecords() : null;
        var properties = records.Exists(record => record is VotersDecided or ClusterJoined)
            ? new QuorumProperties(store.Machine.ClusterId, store.Machine.NodeId, store.Machine.Voters)
            : null;
        var self = Self;
        _write = Task.Run(() =>
        {
            store.Append(records);
            if (rewrite is not null) store.Rewrite(rewrite);
            properties?.Write(store.Directory);
        }).ContinueWith(
            task => self.Tell(new BatchWritten(task.Exception?.GetBaseException(), properties), ActorRefs.NoSender),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void OnWritten(BatchWritten written)
    {
        _isWriting = false;
        if (written.Failure is not null)
        {
            GiveUp(written.Failure);
            return;
        }

        if (written.Known is { } known)
        {
            _log.Info("The voters of cluster {0} are {1}.", known.ClusterId, known.Voters);
            _access.Learn(known.ClusterId, known.Voters);
        }

        _importer?.Tell(ImportDone.Instance, Self);
        _importer = null;
        Release();
        if (_waiting.Count > 0 && _store is not null) Write(_store);
    }

    private void Release()
    {
        foreach (var (sender, reply) in _replies) Answer(sender, reply);
        _replies.Clear();
    }

    private void Answer(IActorRef sender, QuorumReply reply)
    {
        var isLocal = sender.Path.Address.Equals(Self.Path.Address);
        _parts.Send(sender, new QuorumAnswer(_access.NodeId, reply), Self, isLocal);
    }

    private void GiveUp(Exception failure)
    {
        _replies = [];
        _waiting.Clear();
        var directory = _store!.Directory;
        _store.Dispose();
        _store = null;
        var hasRoomLater = failure is LogIoException { Kind: LogIoErrorKind.NoSpace };
        _log.Error(failure, "The voter's file in {0} could not be written; {1}.", directory,
            hasRoomLater ? "it is opened again when there may be room" : "this voter is offline until the process starts again");
        if (hasRoomLater) Timers.StartSingleTimer("reopen", new Reopen(directory), ReopenAfter);
    }

    private void Open()
    {
        try
        {
            _store = QuorumStore.Open(_access.Directory, _access.NodeId);
        }
        catch (IOException error)
        {
            _log.Warning(error, "The voter's file in {0} cannot be opened yet.", _access.Directory);
            Timers.StartSingleTimer("reopen", new Reopen(_access.Directory), ReopenAfter);
        }
    }

    private sealed record BatchWritten(Exception? Failure, QuorumProperties? Known) : INoSerializationVerificationNeeded;

    private sealed record Reopen(string Directory) : INoSerializationVerificationNeeded;
}
