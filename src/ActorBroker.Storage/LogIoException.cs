namespace ActorBroker.Storage;

/// <summary>Why the operating system refused.</summary>
public enum LogIoErrorKind : byte
{
    /// <summary>ENOSPC or EDQUOT: appends may be tried again later.</summary>
    NoSpace,

    /// <summary>EIO and everything else that is not about space.</summary>
    Device,

    /// <summary>A sync failed, now or earlier: the log directory is offline until the process restarts.</summary>
    Offline,
}

/// <summary>An operation on a log's files failed; says which call, on which file, and the system's error number.</summary>
public sealed class LogIoException(LogIoErrorKind kind, string operation, string path, int errno, Exception? inner = null)
    : IOException($"{operation} of {path} failed: {Describe(kind, errno)}", inner)
{
    public LogIoErrorKind Kind { get; } = kind;

    /// <summary>The system's error number; 0 when there is none.</summary>
    public int Errno { get; } = errno;

    private static string Describe(LogIoErrorKind kind, int errno) => kind switch
    {
        LogIoErrorKind.NoSpace => $"no space left (errno {errno})",
        LogIoErrorKind.Offline => errno == 0 ? "the log directory is offline" : $"sync failed (errno {errno}); the log directory goes offline",
        _ => $"errno {errno}",
    };
}
