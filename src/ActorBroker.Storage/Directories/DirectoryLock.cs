namespace ActorBroker.Storage.Directories;

/// <summary>
/// The file <c>.lock</c> of a log directory, held while a process runs on it: against a second broker (ours by <c>flock</c>, Kafka by a
/// record lock; both are taken). The system releases it when the process dies, however it dies.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string FileName = ".lock";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="LogDirectoryLockedException">Another process is on the directory.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) file.Lock(0, 0);
            return new DirectoryLock(file);
        }
        catch (IOException error)
        {
            file?.Dispose();
            throw new LogDirectoryLockedException(directory, error);
        }
    }

    public void Dispose() => _file.Dispose();
}
