using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Network.Files;

/// <summary>
/// Reads what the page cache holds and nothing else: <c>preadv2</c> with RWF_NOWAIT. Where the system or the file system cannot say, every
/// read counts as one that would wait.
/// </summary>
internal static unsafe partial class CachedRead
{
    private const int NoWait = 0x00000008;
    private const int ErrorInterrupted = 4;

    private static volatile bool s_isUnsupported = !OperatingSystem.IsLinux() || !Environment.Is64BitProcess;

    /// <summary>Bytes read, 0 at the end of the file, or -1 when the disk would have to be waited for.</summary>
    public static int TryRead(SafeFileHandle file, Span<byte> target, long position)
    {
        if (s_isUnsupported || target.IsEmpty) return -1;
        fixed (byte* start = target)
        {
            var vector = new IoVector { Base = start, Length = (nuint)target.Length };
            while (true)
            {
                var count = preadv2(file, &vector, 1, position, NoWait);
                if (count >= 0) return (int)count;
                var error = Marshal.GetLastPInvokeError();
                if (error == ErrorInterrupted) continue;
                // EAGAIN: not cached. ENOSYS and EOPNOTSUPP will not get better; anything else the waiting read reports properly.
                if (error is 38 or 95) s_isUnsupported = true;
                return -1;
            }
        }
    }

    /// <summary>On a 64-bit system the offset is one argument; the C library's wrapper splits it as the kernel wants.</summary>
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint preadv2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }
}
