using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The default scheduler; accurate to <c>akka.scheduler.tick-duration</c>.</summary>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDisposable
{
    private readonly TimerWheel _wheel;

    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log) => _wheel = new TimerWheel(
            scheduler.GetTimeSpan("akka.scheduler.tick-duration", TimeSpan.FromMilliseconds(10)),
            scheduler.GetInt("akka.scheduler.ticks-per-wheel", 512),
            e => Log.Error(e, "Error while executing scheduled task"));

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    public void Dispose() => _wheel.Dispose();

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(new WheelEntry(_wheel, receiver, message, sender, cancelable), delay, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(
            new WheelEntry(_wheel, receiver, message, sender, cancelable) { IntervalTicks = Interval(interval) }, initialDelay, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(new WheelEntry(_wheel, action, null, null, cancelable), delay, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(new WheelEntry(_wheel, action, null, null, cancelable) { IntervalTicks = Interval(interval) }, initialDelay, cancelable);

    private long Interval(TimeSpan interval) => Math.Max(1, _wheel.Ticks(interval));

    private void Schedule(WheelEntry entry, TimeSpan delay, ICancelable? cancelable)
    {
        _wheel.Add(entry, delay);
        (cancelable as Cancelable)?.Attach(entry);
    }
}
