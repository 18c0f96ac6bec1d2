using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorBroker.Network.Connections;

/// <summary>
/// Waits for data on many sockets with Linux's epoll, a few threads for all of them, and wakes the transport of each that has some. What the
/// runtime keeps for a receive that waits is larger than everything else of an idle connection together; here it is a signal.
///
/// Edge-triggered: an event comes once for what arrives after the socket was found empty, and a peer's end that arrives together with its
/// last bytes has no event of its own. So the transport remembers both, that there was an event and that it spoke of an end. A slot may be
/// given to another socket while an event of the one before is on its way: events carry a token, and a transport takes only its own. The
/// waiter goes on on the poll's thread, as completions of the runtime's own sockets do here; the connection moves to the pool
/// when it keeps on for too long.
/// </summary>
internal sealed unsafe partial class ReadinessPoll : IDisposable
{
    private const uint EventIn = 0x001;
    private const uint EventEnds = 0x2000 | 0x010 | 0x008; // the peer sends no more, hang-up, error
    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int ErrorInterrupted = 4;
    private const int EventsAtOnce = 128;
    private const ulong StopSlot = ulong.MaxValue;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly int[] _polls;
    private readonly int _stop;
    private PolledTransport?[] _slots = new PolledTransport?[64];
    private int _used;
    private int _lastToken;
    private int _running;

    /// <summary>Throws <see cref="SocketException"/> when the system has no descriptors left.</summary>
    public ReadinessPoll(int threads)
    {
        _polls = new int[threads];
        _running = threads;
        _stop = Checked(eventfd(0, CloseOnExec));
        for (var i = 0; i < threads; i++)
        {
            var poll = _polls[i] = Checked(epoll_create1(CloseOnExec));
            Register(poll, _stop, EventIn, StopSlot);
            new Thread(() => Run(poll)) { IsBackground = true, Name = $"gateway-poll-{i}" }.Start();
        }
    }

    /// <summary>The layout of the system's structures is known for these.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>
    /// Tells the transport whenever its socket has data, or has ended. The socket's own closing ends that; the slot comes back with
    /// <see cref="Release"/>.
    /// </summary>
    public void Watch(SafeSocketHandle socket, PolledTransport transport)
    {
        int slot;
        lock (_lock)
        {
            slot = _free.TryPop(out var free) ? free : _used++;
            if (slot == _slots.Length)
            {
                var larger = new PolledTransport?[2 * slot];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }

            transport.Slot = slot;
            transport.Token = _lastToken = (_lastToken + 1) & int.MaxValue;
            Volatile.Write(ref _slots[slot], transport);
        }

        var data = ((ulong)transport.Token << 32) | (uint)slot;
        Register(_polls[slot % _polls.Length], (int)socket.DangerousGetHandle(), EventIn | EventEnds | EdgeTriggered, data);
    }

    /// <summary>After the socket was closed.</summary>
    public void Release(int slot)
    {
        lock (_lock)
        {
            _slots[slot] = null;
            _free.Push(slot);
        }
    }

    /// <summary>Ends the threads; nobody may watch any more.</summary>
    public void Dispose()
    {
        ulong one = 1;
        write(_stop, &one, sizeof(ulong));
    }

    private static void Register(int poll, int descriptor, uint events, ulong data)
    {
        // On x86-64 the structure is packed: the data stand right behind the events.
        var place = stackalloc byte[16];
        *(uint*)place = events;
        *(ulong*)(place + DataOffset) = data;
        Checked(epoll_ctl(poll, Add, descriptor, place));
    }

    private static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static int Checked(int result) => result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    private void Run(int poll)
    {
        var stride = DataOffset + 8;
        var events = stackalloc byte[EventsAtOnce * stride];
        while (true)
        {
            var count = epoll_wait(poll, events, EventsAtOnce, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted) continue;
            if (count < 0) break;
            for (var i = 0; i < count; i++)
            {
                var data = *(ulong*)(events + (i * stride) + DataOffset);
                if (data == StopSlot)
                {
                    close(poll);
                    if (Interlocked.Decrement(ref _running) == 0) close(_stop);
                    return;
                }

                var slots = Volatile.Read(ref _slots);
                var transport = Volatile.Read(ref slots[(uint)data]);
                if (transport?.Token == (int)(data >> 32)) transport.OnEvent((*(uint*)(events + (i * stride)) & EventEnds) != 0);
            }
        }
    }

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int poll, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int poll, byte* events, int maxEvents, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ulong* bytes, nint count);
}
