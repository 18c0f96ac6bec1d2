using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Dispatch.MessageQueues;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Messages of one actor and the right to run it.
///
/// The status word has a Scheduled bit (a thread runs this mailbox or is going to), a Closed bit, a bit for an asynchronous
/// handler at work, and the count of suspensions. Whoever sets Scheduled hands the mailbox to the dispatcher; so at most one
/// thread runs it.
///
/// No wake-up is lost: a sender publishes its message, then reads the status; the running thread clears Scheduled, then
/// looks for messages. Each has a full fence between its two steps (the compare-and-swap of the queue, of the system list
/// or the explicit one here; the compare-and-swap of the status there). If the sender read Scheduled, its message was
/// published before the bit was cleared, and the runner sees it. The same argument, with Closed in place of idle, lets
/// a message that races with the actor's end arrive in the dead letters.
/// </summary>
internal sealed class Mailbox : IThreadPoolWorkItem
{
    private const int Closed = 1;
    private const int Scheduled = 2;
    private const int AwaitingTask = 4;
    private const int SuspendUnit = 8;
    private const int NotProcessing = ~Scheduled;

    private readonly ActorQueue? _actorQueue;
    private readonly MessageDispatcher _dispatcher;
    private ActorCell _cell = null!;
    private SystemMessage? _system = new Create();
    private int _status;

    public Mailbox(IMessageQueue queue, MessageDispatcher dispatcher)
    {
        MessageQueue = queue;
        _actorQueue = queue as ActorQueue;
        _dispatcher = dispatcher;
    }

    public IMessageQueue MessageQueue { get; }

    public ActorCell Cell => _cell;

    public bool IsClosed => (Volatile.Read(ref _status) & Closed) != 0;

    public bool IsSuspended => SuspendCount > 0;

    public int SuspendCount => Volatile.Read(ref _status) / SuspendUnit;

    public void Attach(ActorCell cell) => _cell = cell;

    /// <summary>The creation is in the system list already; from now on the mailbox runs.</summary>
    public void Start() => ScheduleIfIdle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Post(object message, IActorRef? sender)
    {
        if (_actorQueue is { } queue)
        {
            queue.Add(message, sender);
        }
        else
        {
            MessageQueue.Enqueue(_cell.Self, new Envelope(message, sender));
            Interlocked.MemoryBarrier();
        }
        if ((Volatile.Read(ref _status) & Scheduled) == 0)
            MessagePublished();
    }

    public void PostSystem(SystemMessage message)
    {
        var head = Volatile.Read(ref _system);
        while (true)
        {
            if (head is NoMessage)
            {
                AnswerForTheDead(message);
                return;
            }
            message.Next = head;
            var seen = Interlocked.CompareExchange(ref _system, message, head);
            if (ReferenceEquals(seen, head))
                break;
            head = seen;
        }
        if ((Volatile.Read(ref _status) & Scheduled) == 0)
            ScheduleIfIdle();
    }

    public void Suspend() => Interlocked.Add(ref _status, SuspendUnit);

    public void Resume()
    {
        if (IsSuspended)
            Interlocked.Add(ref _status, -SuspendUnit);
    }

    public void SuspendForTask() => Interlocked.Or(ref _status, AwaitingTask);

    public void ResumeFromTask() => Interlocked.And(ref _status, ~AwaitingTask);

    /// <summary>Called by the actor as it ends, on the thread that runs this mailbox.</summary>
    public void Close()
    {
        Interlocked.Or(ref _status, Closed);
        var system = Interlocked.Exchange(ref _system, NoMessage.Instance);
        for (var message = Reverse(system); message is not null;)
        {
            var next = message.Next;
            message.Next = null;
            AnswerForTheDead(message);
            message = next;
        }
        DrainToDeadLetters();
    }

    void IThreadPoolWorkItem.Execute() => Run();

    public void Run()
    {
        var outer = ActorCell.Current;
        ActorCell.Current = _cell;
        try
        {
            if (!IsClosed)
            {
                if (Volatile.Read(ref _system) is not null)
                    ProcessSystemMessages();
                if (_actorQueue is { } queue)
                    ProcessMessages(queue);
                else
                    ProcessMessages(MessageQueue);
            }
        }
        finally
        {
            ActorCell.Current = outer;
            GoIdle();
        }
    }

    private static SystemMessage? Reverse(SystemMessage? message)
    {
        SystemMessage? reversed = null;
        while (message is not null)
        {
            var next = message.Next;
            message.Next = reversed;
            reversed = message;
            message = next;
        }
        return reversed;
    }

    private void ProcessMessages(ActorQueue queue)
    {
        var left = _dispatcher.Throughput;
        var deadline = Deadline();
        while ((Volatile.Read(ref _status) & NotProcessing) == 0 && queue.TryTake(out var message, out var sender))
        {
            _cell.Invoke(message, sender);
            if (Volatile.Read(ref _system) is not null)
                ProcessSystemMessages();
            if (--left <= 0 || (deadline != 0 && Stopwatch.GetTimestamp() >= deadline))
                return;
        }
    }

    private void ProcessMessages(IMessageQueue queue)
    {
        var left = _dispatcher.Throughput;
        var deadline = Deadline();
        while ((Volatile.Read(ref _status) & NotProcessing) == 0 && queue.TryDequeue(out var envelope))
        {
            _cell.Invoke(envelope.Message, envelope.Sender);
            if (Volatile.Read(ref _system) is not null)
                ProcessSystemMessages();
            if (--left <= 0 || (deadline != 0 && Stopwatch.GetTimestamp() >= deadline))
                return;
        }
    }

    private long Deadline() => _dispatcher.ThroughputDeadlineTicks is var ticks && ticks > 0 ? Stopwatch.GetTimestamp() + ticks : 0;

    private void ProcessSystemMessages()
    {
        while (Volatile.Read(ref _system) is not (null or NoMessage))
        {
            for (var message = Reverse(Interlocked.Exchange(ref _system, null)); message is not null;)
            {
                var next = message.Next;
                message.Next = null;
                if (IsClosed)
                    AnswerForTheDead(message);
                else
                    _cell.InvokeSystem(message);
                message = next;
            }
        }
    }

    private void GoIdle()
    {
        var status = Interlocked.And(ref _status, ~Scheduled) & ~Scheduled;
        if ((status & Closed) != 0)
        {
            if (MessageQueue.HasMessages)
                DrainToDeadLetters();
        }
        else if (Volatile.Read(ref _system) is not null || ((status & NotProcessing) == 0 && MessageQueue.HasMessages))
        {
            if (TrySchedule())
                _dispatcher.Reschedule(this);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MessagePublished()
    {
        var status = Volatile.Read(ref _status);
        if ((status & Closed) != 0)
            DrainToDeadLetters();
        else if ((status & NotProcessing) == 0)
            ScheduleIfIdle();
    }

    private void ScheduleIfIdle()
    {
        if (TrySchedule())
            _dispatcher.Schedule(this);
    }

    private bool TrySchedule()
    {
        var status = Volatile.Read(ref _status);
        while ((status & (Scheduled | Closed)) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _status, status | Scheduled, status);
            if (seen == status)
                return true;
            status = seen;
        }
        return false;
    }

    // The queue has one consumer: late senders and the ending actor take turns.
    private void DrainToDeadLetters()
    {
        lock (this)
            MessageQueue.CleanUp(_cell.Self, _cell.SystemImpl.DeadLetterQueue);
    }

    private void AnswerForTheDead(SystemMessage message)
    {
        if (message is Watch watch && watch.Watchee.Equals(_cell.Self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }
}
