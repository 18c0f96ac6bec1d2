namespace ActorBroker.Storage.Files;

/// <summary>From error numbers and .NET's exceptions to the one exception type that the storage speaks.</summary>
internal static class IoErrors
{
    public static LogIoException FromErrno(string operation, string path, int errno) => new(KindOf(errno), operation, path, errno);

    public static LogIoException Offline(string path) => new(LogIoErrorKind.Offline, "write", path, 0);

    public static LogIoException SyncFailed(string path, int errno) => new(LogIoErrorKind.Offline, "sync", path, errno);

    public static LogIoException From(string operation, string path, Exception error) => error switch
    {
        LogIoException known => known,
        FileNotFoundException or DirectoryNotFoundException => new LogIoException(LogIoErrorKind.Device, operation, path, Posix.Enoent, error),
        UnauthorizedAccessException => new LogIoException(LogIoErrorKind.Device, operation, path, Posix.Eacces, error),
        _ => new LogIoException(KindOf(ErrnoOf(error)), operation, path, ErrnoOf(error), error),
    };

    public static bool IsExpected(Exception error) => error is IOException or UnauthorizedAccessException;

    private static LogIoErrorKind KindOf(int errno) => errno is Posix.Enospc or Posix.Edquot ? LogIoErrorKind.NoSpace : LogIoErrorKind.Device;

    // On Unix .NET keeps the raw error number in the HResult of an IOException; on Windows 0x70 and 0x27 are the full disk.
    private static int ErrnoOf(Exception error)
    {
        if (!OperatingSystem.IsWindows()) return error.HResult;
        return (error.HResult & 0xFFFF) is 0x70 or 0x27 ? Posix.Enospc : error.HResult & 0xFFFF;
    }
}
