using System.Diagnostics;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The part of a dispatcher's configuration that all kinds share.</summary>
internal sealed record DispatcherSettings(string Id, int Throughput, long ThroughputDeadlineTicks, TimeSpan ShutdownTimeout)
{
    public static DispatcherSettings From(string id, Config config)
    {
        var deadline = config.GetTimeSpan("throughput-deadline-time", TimeSpan.Zero);
        return new DispatcherSettings(
            id,
            config.GetInt("throughput", 30),
            deadline > TimeSpan.Zero ? (long)(deadline.TotalSeconds * Stopwatch.Frequency) : 0,
            config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1)));
    }
}
