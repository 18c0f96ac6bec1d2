using System.Diagnostics;
using System.Numerics;

namespace Akka.Actor;

/// <summary>
/// A hashed wheel: adding and removing are O(1) whatever the number of entries. One thread serves it, made with the first
/// entry, and sleeps until the next occupied slot is due: an idle system costs nothing. A new entry that is due earlier than
/// the thread would wake wakes it. Entries run outside the lock.
/// </summary>
internal sealed class TimerWheel : IDisposable
{
    private readonly object _gate = new();
    private readonly WheelEntry?[] _slots;
    private readonly ulong[] _occupied;
    private readonly int _mask;
    private readonly long _tickDuration;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Action<Exception> _failed;
    private Thread? _thread;
    private long _tick;
    private long _wakeTick = long.MaxValue;
    private bool _stopped;

    public TimerWheel(TimeSpan tick, int ticksPerWheel, Action<Exception> failed)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(ticksPerWheel, 64, 1 << 16));
        _slots = new WheelEntry?[slots];
        _occupied = new ulong[slots / 64];
        _mask = slots - 1;
        _tickDuration = Math.Max(1, (long)(tick.TotalSeconds * Stopwatch.Frequency));
        _failed = failed;
    }

    /// <summary>Never early: at least the whole time passes.</summary>
    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency / _tickDuration);

    public void Add(WheelEntry entry, TimeSpan delay)
    {
        var due = Stopwatch.GetTimestamp() - _start + (long)(delay.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            if (_stopped)
                throw new SchedulerException("cannot enqueue after timer shutdown");
            entry.DueTick = Math.Max((due + _tickDuration - 1) / _tickDuration, _tick + 1);
            if (!entry.IsCanceled)
                Insert(entry);
            if (_thread is null)
            {
                _thread = new Thread(Serve) { IsBackground = true, Name = "akka-scheduler" };
                _thread.UnsafeStart();
            }
            else if (entry.DueTick < _wakeTick)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Remove(WheelEntry entry)
    {
        lock (_gate)
        {
            entry.Removed = true;
            Unlink(entry);
        }
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stopped = true;
            Array.Clear(_slots);
            Monitor.PulseAll(_gate);
            thread = _thread;
        }
        // The thread itself may be what ends the system.
        if (thread is not null && thread != Thread.CurrentThread)
            thread.Join(TimeSpan.FromSeconds(5));
    }

    private void Serve()
    {
        var due = new List<WheelEntry>();
        while (NextDue(due))
        {
            foreach (var entry in due)
            {
                if (!entry.IsCanceled)
                    RunOne(entry);
            }
            due.Clear();
        }
    }

    private void RunOne(WheelEntry entry)
    {
        try
        {
            entry.Run();
        }
        catch (Exception e)
        {
            _failed(e);
        }
        if (entry.IntervalTicks == 0 || entry.IsCanceled)
            return;
        lock (_gate)
        {
            // From the time it was due, not from now: the rate is kept, unless a whole interval was missed.
            entry.DueTick = Math.Max(entry.DueTick + entry.IntervalTicks, _tick + 1);
            if (!_stopped && !entry.IsCanceled)
                Insert(entry);
        }
    }

    // Waits for the next tick that has something in its slot and takes what is due; false at the end.
    private bool NextDue(List<WheelEntry> due)
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                var now = (Stopwatch.GetTimestamp() - _start) / _tickDuration;
                while (_tick < now)
                {
                    var next = NextOccupied();
                    if (next > now)
                    {
                        _tick = now;
                        break;
                    }
                    _tick = next;
                    TakeDue(due);
                }
                if (due.Count > 0)
                    return true;
                _wakeTick = NextOccupied();
                if (_wakeTick == long.MaxValue)
                {
                    Monitor.Wait(_gate);
                }
                else
                {
                    var ticks = (_wakeTick * _tickDuration) - (Stopwatch.GetTimestamp() - _start);
                    var milliseconds = (int)Math.Clamp(Math.Ceiling(ticks * 1000.0 / Stopwatch.Frequency), 1, int.MaxValue);
                    Monitor.Wait(_gate, milliseconds);
                }
                _wakeTick = long.MinValue;
            }
            return false;
        }
    }

    private void TakeDue(List<WheelEntry> due)
    {
        for (var entry = _slots[_tick & _mask]; entry is not null;)
        {
            var next = entry.Next;
            if (entry.DueTick <= _tick)
            {
                Unlink(entry);
                due.Add(entry);
            }
            entry = next;
        }
    }

    // The first tick after the current one whose slot is not empty.
    private long NextOccupied()
    {
        for (var ahead = 1L; ahead <= _slots.Length;)
        {
            var slot = (int)((_tick + ahead) & _mask);
            var bits = _occupied[slot >> 6] >> (slot & 63);
            if (bits != 0)
                return _tick + ahead + BitOperations.TrailingZeroCount(bits);
            ahead += 64 - (slot & 63);
        }
        return long.MaxValue;
    }

    private void Insert(WheelEntry entry)
    {
        var slot = (int)(entry.DueTick & _mask);
        entry.Slot = slot;
        entry.Previous = null;
        entry.Next = _slots[slot];
        if (entry.Next is not null)
            entry.Next.Previous = entry;
        _slots[slot] = entry;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
    }

    private void Unlink(WheelEntry entry)
    {
        if (entry.Slot < 0)
            return;
        if (entry.Previous is null)
            _slots[entry.Slot] = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is not null)
            entry.Next.Previous = entry.Previous;
        if (_slots[entry.Slot] is null)
            _occupied[entry.Slot >> 6] &= ~(1UL << (entry.Slot & 63));
        entry.Next = entry.Previous = null;
        entry.Slot = -1;
    }
}
