using System.Collections.Concurrent;

namespace Akka.Remote;

public class DefaultFailureDetectorRegistry<T> : IFailureDetectorRegistry<T>
    where T : notnull
{
    private readonly ConcurrentDictionary<T, Lazy<FailureDetector>> _detectors = new();
    private readonly Func<FailureDetector> _factory;

    public DefaultFailureDetectorRegistry(Func<FailureDetector> factory) => _factory = factory;

    public bool IsAvailable(T resource) => FailureDetectorOf(resource)?.IsAvailable ?? true;

    public bool IsMonitoring(T resource) => FailureDetectorOf(resource)?.IsMonitoring ?? false;

    public void Heartbeat(T resource) => _detectors.GetOrAdd(resource, static (r, self) => new(() => self.New(r)), this).Value.HeartBeat();

    public void Remove(T resource) => _detectors.TryRemove(resource, out _);

    public void Reset() => _detectors.Clear();

    internal FailureDetector? FailureDetectorOf(T resource) =>
        _detectors.TryGetValue(resource, out var detector) ? detector.Value : null;

    private FailureDetector New(T resource)
    {
        var detector = _factory();
        if (detector is PhiAccrualFailureDetector phi)
            phi.Address = resource.ToString()!;
        return detector;
    }
}
