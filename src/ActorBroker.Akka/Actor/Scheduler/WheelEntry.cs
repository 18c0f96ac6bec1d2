namespace Akka.Actor;

/// <summary>One scheduled task: a message for a receiver, or an action. It is in at most one slot, under the wheel's lock.</summary>
internal sealed class WheelEntry(TimerWheel wheel, object target, object? message, IActorRef? sender, ICancelable? cancelable)
{
    public WheelEntry? Next;
    public WheelEntry? Previous;

    public long DueTick { get; set; }

    public int Slot { get; set; } = -1;

    /// <summary>Ticks from one run to the next; 0 for a single one.</summary>
    public long IntervalTicks { get; init; }

    public bool Removed { get; set; }

    public bool IsCanceled => Removed || cancelable is { IsCancellationRequested: true };

    public void Remove() => wheel.Remove(this);

    public void Run()
    {
        if (target is Action action)
            action();
        else
            ((ICanTell)target).Tell(message!, sender);
    }
}
