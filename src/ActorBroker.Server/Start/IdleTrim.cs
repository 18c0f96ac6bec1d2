namespace ActorBroker.Server.Start;

/// <summary>
/// Gives memory back when the node has nothing to do. The runtime collects young garbage when as much of it has gathered as the processor's
/// cache holds, which is hundreds of megabytes on today's servers, and an idle process would sit on it for ever. When hardly any processor
/// time was used for a while and enough was allocated since the last time, everything is collected and what is free goes back to the system;
/// the pause of some milliseconds meets nobody.
/// </summary>
internal sealed class IdleTrim : IDisposable
{
    private const int TickMs = 1000;
    private const int QuietTicks = 2;
    private const int BusyMsPerTick = 30;

    private readonly long _garbageBytes;
    private readonly Timer _timer;
    private TimeSpan _cpu;
    private long _allocated;
    private int _quiet;

    /// <param name="garbageBytes">What must have been allocated since the last time; 0 never trims.</param>
    public IdleTrim(long garbageBytes)
    {
        _garbageBytes = garbageBytes;
        _timer = new Timer(static state => ((IdleTrim)state!).Tick(), this, Timeout.Infinite, Timeout.Infinite);
        if (garbageBytes > 0) _timer.Change(TickMs, TickMs);
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var isQuiet = (cpu - _cpu).TotalMilliseconds < BusyMsPerTick;
        _cpu = cpu;
        _quiet = isQuiet ? _quiet + 1 : 0;
        if (_quiet < QuietTicks || GC.GetTotalAllocatedBytes() - _allocated < _garbageBytes) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
        _allocated = GC.GetTotalAllocatedBytes();
        _cpu = Environment.CpuUsage.TotalTime;
    }
}
