using System.Diagnostics;

namespace Akka.Actor;

/// <summary>
/// Time limits of Asks. One wheel for the process, in real time: an Ask has its limit whatever scheduler its system is
/// configured with, and even when the system has ended.
/// </summary>
internal static class AskTimeouts
{
    private static readonly TimerWheel Wheel = new(
        TimeSpan.FromMilliseconds(10), 512, static e => Trace.TraceError("An Ask could not be timed out: {0}", e));

    public static WheelEntry Schedule(TimeSpan limit, Action timedOut)
    {
        var entry = new WheelEntry(Wheel, timedOut, null, null, null);
        Wheel.Add(entry, limit);
        return entry;
    }
}
