using System.Globalization;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// One life of the controller's actor: recovers from the journal, takes control, drains what waits into one write, publishes and answers when
/// it is durable. When the journal is lost it ends; whoever waits learns nothing.
/// </summary>
internal sealed class SimController(NodeProcess node, ISimJournal journal)
{
    private const int MaxAtOnce = 32;

    private readonly ControllerMachine _machine = new(new ControllerState(SimCluster.Config));
    private readonly Queue<Waiting> _waiting = new();
    private readonly List<MetadataBatch> _committed = [];
    private readonly int _snapshotBatches = node.World.Random.Between(5, 40);
    private MetadataImage _base = MetadataImage.Empty;
    private MetadataImage _published = MetadataImage.Empty;
    private int _sinceSnapshot;
    private bool _isWriting;

    public bool IsAlive { get; private set; } = true;

    public bool IsControlling { get; private set; }

    public MetadataImage Image => _machine.Image;

    public void Start()
    {
        node.World.Note(node.Id, "controller starts");
        journal.Recover(Recovered, Lost);
    }

    public void Submit(ControllerCommand command, Action<ErrorCode, ControllerReply?> then)
    {
        if (!IsAlive || !IsControlling)
        {
            then(ErrorCode.NotController, null);
            return;
        }
        _waiting.Enqueue(new Waiting(command, then));
        Drain();
    }

    public void Stop()
    {
        if (!IsAlive) return;
        IsAlive = IsControlling = false;
        journal.Close();
    }

    /// <summary>What follows an offset, or the image where the batches begin later; nothing when there is nothing.</summary>
    public void Tell(int follower, long offset)
    {
        if (!IsControlling || offset >= _published.Offset) return;
        if (offset < _base.Offset)
        {
            node.Send(follower, new MetadataWhole(_published));
            return;
        }
        var first = offset + 1;
        node.Send(follower, new MetadataNews(_published.ControllerEpoch, first, _committed[(int)(first - _base.Offset - 1)..]));
    }

    private void Recovered(MetadataImage? snapshot, IReadOnlyList<MetadataBatch> batches, long ballot)
    {
        if (!IsAlive) return;
        if (snapshot is not null) _machine.Restore(_base = snapshot);
        foreach (var batch in batches)
        {
            _machine.Apply(batch);
            _committed.Add(batch);
            node.Cluster.Metadata.Seen(node.Id, _machine.Image.Offset, batch);
        }
        _published = _machine.Image;
        node.Cluster.Metadata.CheckImage(node.Id, _published);
        node.World.Note(node.Id, "controller recovered", batches.Count, ballot);
        var take = new TakeControl(node.Id, _machine.Image.ControllerEpoch + 1, "cluster");
        _waiting.Enqueue(new Waiting(take, (error, reply) => IsControlling = reply is ControlTaken { Error.IsNone: true }));
        Drain();
    }

    private void Drain()
    {
        if (_isWriting || !IsAlive || _waiting.Count == 0) return;
        var answers = new List<(Action<ErrorCode, ControllerReply?> Then, ControllerReply Reply)>();
        var batches = new List<MetadataBatch>();
        while (answers.Count < MaxAtOnce && _waiting.TryDequeue(out var waiting))
        {
            var decision = _machine.Decide(waiting.Command);
            answers.Add((waiting.Then, decision.Reply));
            if (decision.Records.Count == 0) continue;
            var batch = _machine.ToBatch(decision.Records);
            _machine.Apply(batch);
            batches.Add(batch);
        }
        if (batches.Count == 0)
        {
            foreach (var (then, reply) in answers) then(ErrorCode.None, reply);
            return;
        }
        _isWriting = true;
        if (node.World.Has(Mutation.PublishBeforeCommit)) Publish(batches);
        journal.Append(batches, () => Written(batches, answers));
    }

    private void Written(List<MetadataBatch> batches, List<(Action<ErrorCode, ControllerReply?> Then, ControllerReply Reply)> answers)
    {
        if (!IsAlive) return;
        _isWriting = false;
        if (!node.World.Has(Mutation.PublishBeforeCommit)) Publish(batches);
        foreach (var (then, reply) in answers) then(ErrorCode.None, reply);
        if (_sinceSnapshot >= _snapshotBatches)
        {
            _sinceSnapshot = 0;
            journal.KeepSnapshot(_published, () => node.World.Note(node.Id, "snapshot kept"));
        }
        Drain();
    }

    private void Publish(List<MetadataBatch> batches)
    {
        var before = _published.Offset;
        _committed.AddRange(batches);
        _sinceSnapshot += batches.Count;
        _published = _machine.Image;
        for (var i = 0; i < batches.Count; i++) node.Cluster.Metadata.Seen(node.Id, before + 1 + i, batches[i]);
        node.World.Note(node.Id, "published", _published.Offset, batches[0].ControllerEpoch, 0, Describe(batches));
        for (var other = 1; other <= node.Cluster.Plan.Nodes; other++) Tell(other, before);
    }

    private void Lost()
    {
        if (!IsAlive) return;
        node.World.Note(node.Id, "controller lost its journal");
        Stop();
        node.ControllerEnded(this);
    }

    private static string Describe(List<MetadataBatch> batches) => string.Join(' ', batches.SelectMany(batch => batch.Records).Select(record =>
        record is PartitionsChanged changed
            ? string.Join(' ', changed.Changes.Select(change => string.Create(CultureInfo.InvariantCulture,
                $"[{changed.TopicId.Low:X}-{change.Partition}: leader {change.Image.Leader} of [{string.Join(',', change.Image.Isr)}] epoch {change.Image.LeaderEpoch}/{change.Image.PartitionEpoch} elr [{string.Join(',', change.Image.Elr)}]]")))
            : record is BrokerRegistered registered ? $"registered {registered.BrokerId}/{registered.Incarnation}"
            : record is BrokerFencingChanged fencing ? $"{(fencing.IsFenced ? "fenced" : "unfenced")} {fencing.BrokerId}" : record.GetType().Name));

    private readonly record struct Waiting(ControllerCommand Command, Action<ErrorCode, ControllerReply?> Then);
}
