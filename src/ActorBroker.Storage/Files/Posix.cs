using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Files;

/// <summary>
/// The system calls that .NET does not offer, or whose errors it loses: its flush calls report success on Linux when fsync fails. All
/// return a negative number with the error in <see cref="Marshal.GetLastPInvokeError"/>. Linux (and, for the portable ones, macOS) only:
/// callers ask <see cref="IsSupported"/>.
/// </summary>
internal static unsafe partial class Posix
{
    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Enoent = 2;
    public const int Eacces = 13;
    public const int Einval = 22;
    public const int Emfile = 24;
    public const int Enospc = 28;
    public const int Edquot = 122;
    public const int IovMax = 1024;

    private const int OpenReadOnly = 0;
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int OpenTruncate = 0x200;
    private const int OpenCloseOnExec = 0x80000;
    private const int FileMode = 0b110_100_100;
    private const int KeepSize = 1;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux();

    public static long WriteVector(SafeFileHandle file, IoVec* vectors, int count, long position) => pwritev(file, vectors, count, position);

    public static int SyncData(SafeFileHandle file) => fdatasync(file);

    public static int Truncate(SafeFileHandle file, long length) => ftruncate(file, length);

    /// <summary>Allocates blocks without changing the file's length.</summary>
    public static int ReserveKeepSize(SafeFileHandle file, long position, long length) => fallocate(file, KeepSize, position, length);

    /// <summary>
    /// Syncs the whole file system that the descriptor is on; errors since the descriptor was opened are reported (Linux 5.8).
    /// </summary>
    public static int SyncFileSystem(SafeFileHandle file) => syncfs(file);

    /// <summary>
    /// Opens a file without the lock, the two stats and the type check that .NET adds to each open: segment files come and go by the
    /// thousand. Invalid on failure.
    /// </summary>
    public static SafeFileHandle OpenFile(string path, FileOpening opening)
    {
        var flags = opening switch
        {
            FileOpening.Read => OpenReadOnly,
            FileOpening.ReadWrite => OpenReadWrite,
            FileOpening.Create => OpenReadWrite | OpenCreate,
            _ => OpenReadWrite | OpenCreate | OpenTruncate,
        };
        int file;
        do file = open(path, flags | OpenCloseOnExec, FileMode);
        while (file < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return new SafeFileHandle(file, ownsHandle: true);
    }

    /// <summary>A descriptor of a directory, which .NET does not open; invalid on failure.</summary>
    public static SafeFileHandle OpenDirectory(string path) => new(open(path, OpenReadOnly | OpenCloseOnExec, 0), ownsHandle: true);

    /// <summary>Makes created, renamed and deleted names of a directory durable; 0 or the error number.</summary>
    public static int SyncDirectory(string path)
    {
        var directory = open(path, OpenReadOnly | OpenCloseOnExec, 0);
        if (directory < 0) return Marshal.GetLastPInvokeError();
        var result = fsync(directory);
        var error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = close(directory);
        return error;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long pwritev(SafeFileHandle file, IoVec* vectors, int count, long position);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long position, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
