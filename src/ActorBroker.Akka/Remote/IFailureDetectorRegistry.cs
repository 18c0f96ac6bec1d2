namespace Akka.Remote;

/// <summary>Failure detectors by resource, made at a resource's first heartbeat.</summary>
public interface IFailureDetectorRegistry<in T>
{
    /// <summary>True for a resource that is not monitored, too.</summary>
    bool IsAvailable(T resource);

    bool IsMonitoring(T resource);

    void Heartbeat(T resource);

    void Remove(T resource);

    void Reset();
}
