using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Akka.Tests.Persistence;

/// <summary>Lets a test say in a message what the persistent actor does with it.</summary>
public sealed record Do(Action<Recorder> Action) : INoSerializationVerificationNeeded;

/// <summary>As <see cref="Do"/>, asynchronously.</summary>
public sealed record DoAsync(Func<Recorder, Task> Action) : INoSerializationVerificationNeeded;

/// <summary>What a <see cref="Recorder"/> reports of itself.</summary>
public sealed record Seen(string What, object? Detail = null) : INoSerializationVerificationNeeded;

public sealed record RecorderSetup(
    string Id,
    IActorRef Probe,
    Recovery? Recovery = null,
    string? Journal = null,
    string? Snapshots = null,
    Action<Recorder, object>? OnRecover = null)
    : INoSerializationVerificationNeeded;

/// <summary>A persistent actor that reports all that happens to it and does what tests tell it.</summary>
public sealed class Recorder : ReceivePersistentActor
{
    private readonly RecorderSetup _setup;

    public Recorder(RecorderSetup setup)
    {
        _setup = setup;
        if (setup.Journal is not null)
            JournalPluginId = setup.Journal;
        if (setup.Snapshots is not null)
            SnapshotPluginId = setup.Snapshots;
        RecoverAny(e =>
        {
            setup.OnRecover?.Invoke(this, e);
            Report(e switch
            {
                RecoveryCompleted => new Seen("recovered", LastSequenceNr),
                SnapshotOffer offer => new Seen("snapshot", offer.Snapshot),
                _ => new Seen("replayed", e),
            });
        });
        Command<Do>(d => d.Action(this));
        CommandAsync<DoAsync>(d => d.Action(this));
        CommandAny(m => Report(new Seen("command", m)));
    }

    public override string PersistenceId => _setup.Id;

    public override Recovery Recovery => _setup.Recovery ?? Recovery.Default;

    public IActorRef CurrentSender => Sender;

    public void Report(Seen seen) => _setup.Probe.Tell(seen, Self);

    public void Save(object @event) => Persist(@event, e => Report(new Seen("persisted", e)));

    public void SaveAsync(object @event) => PersistAsync(@event, e => Report(new Seen("persisted", e)));

    public void SaveAll(params object[] events) => PersistAll(events, e => Report(new Seen("persisted", e)));

    public void Switch(Action<object> handler) => Become(() => CommandAny(handler));

    protected override void PreStart()
    {
        base.PreStart();
        Report(new Seen("started"));
    }

    protected override void PostStop()
    {
        Report(new Seen("stopped"));
        base.PostStop();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Report(new Seen("restarting", reason.Message));
        base.PreRestart(reason, message);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Report(new Seen("recovery failed", reason));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Report(new Seen("persist failed", cause.Message));

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Report(new Seen("persist rejected", sequenceNr));
}
