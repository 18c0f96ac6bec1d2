namespace Akka.Actor;

/// <summary>An actor with timers: the engine sets <see cref="Timers"/> before the constructor runs.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}
