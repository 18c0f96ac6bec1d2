namespace Akka.Remote;

/// <summary>Judges one resource by the heartbeats it sends.</summary>
public abstract class FailureDetector
{
    public static readonly Clock DefaultClock = static () => Environment.TickCount64;

    /// <summary>True while the resource is taken to be up; also before the first heartbeat.</summary>
    public abstract bool IsAvailable { get; }

    /// <summary>True from the first heartbeat on.</summary>
    public abstract bool IsMonitoring { get; }

    public abstract void HeartBeat();
}
