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
    }

    public void Start()
    {
        if (_garbageBytes > 0) _timer.Change(TickMs, TickMs);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Whether to trim now, asked every second with what the process has used so far.</summary>
    internal bool IsDue(TimeSpan cpu, long allocatedBytes)
    {
        _quiet = (cpu - _cpu).TotalMilliseconds < BusyMsPerTick ? _quiet + 1 : 0;
        _cpu = cpu;
        return _quiet >= QuietTicks && allocatedBytes - _allocated >= _garbageBytes;
    }

    /// <summary>What the process has used when it was trimmed: the next time counts from here.</summary>
    internal void Trimmed(TimeSpan cpu, long allocatedBytes)
    {
        _cpu = cpu;
        _allocated = allocatedBytes;
    }

    private void Tick()
    {
        if (!IsDue(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes())) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
        Trimmed(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
    }
}
