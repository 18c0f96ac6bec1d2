namespace Akka.Dispatch;

/// <summary>Gives threads to mailboxes. One instance per dispatcher id and system.</summary>
public abstract class MessageDispatcher
{
    private protected MessageDispatcher(DispatcherSettings settings)
    {
        Id = settings.Id;
        Throughput = settings.Throughput;
        ShutdownTimeout = settings.ShutdownTimeout;
        ThroughputDeadlineTicks = settings.ThroughputDeadlineTicks;
    }

    public string Id { get; protected set; }

    /// <summary>Messages an actor handles before it gives its thread up.</summary>
    public int Throughput { get; set; }

    public TimeSpan ShutdownTimeout { get; protected set; }

    internal long ThroughputDeadlineTicks { get; }

    /// <summary>Runs the action on a thread of this dispatcher.</summary>
    public void Schedule(Action run) => Execute(new ActionWorkItem(run));

    /// <summary>A mailbox that was idle has work.</summary>
    internal virtual void Schedule(Mailbox mailbox) => Execute(mailbox);

    /// <summary>A mailbox has used its turn up and has more work: others go first.</summary>
    internal virtual void Reschedule(Mailbox mailbox) => Execute(mailbox);

    internal MessageDispatcher Itself() => this;

    internal abstract void Execute(IThreadPoolWorkItem work);

    /// <summary>An actor of this dispatcher has ended.</summary>
    internal virtual void Detached()
    {
    }

    internal virtual void Stop()
    {
    }

    private sealed class ActionWorkItem(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
