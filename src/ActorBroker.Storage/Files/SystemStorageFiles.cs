namespace ActorBroker.Storage.Files;

/// <summary>The operating system's files.</summary>
internal sealed class SystemStorageFiles : StorageFiles
{
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public override StorageFile Open(string path, FileOpening opening)
    {
        // O_CREAT and O_TRUNC have these values on Linux with x86-64 and arm64, the platforms there are packages for.
        if (Posix.IsSupported)
        {
            var handle = Posix.OpenFile(path, opening);
            if (!handle.IsInvalid) return new SystemStorageFile(handle, path);
            var errno = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw IoErrors.FromErrno("open", path, errno);
        }
        var mode = opening switch
        {
            FileOpening.Create => FileMode.OpenOrCreate,
            FileOpening.Truncate => FileMode.Create,
            _ => FileMode.Open,
        };
        try
        {
            var access = opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite;
            return new SystemStorageFile(File.OpenHandle(path, mode, access, Shared), path);
        }
        catch (Exception error) when (IoErrors.IsExpected(error))
        {
            throw IoErrors.From("open", path, error);
        }
    }

    public override bool FileExists(string path) => File.Exists(path);

    public override bool DirectoryExists(string path) => Directory.Exists(path);

    public override long LengthOf(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? info.Length : throw IoErrors.FromErrno("stat", path, Posix.Enoent);
    }

    public override DateTime LastWriteUtc(string path) => File.GetLastWriteTimeUtc(path);

    public override void CreateDirectory(string path) => Do("create directory", path, () => Directory.CreateDirectory(path));

    public override List<string> List(string directory) => Names(directory, () => Directory.EnumerateFileSystemEntries(directory));

    public override List<string> ListDirectories(string directory) => Names(directory, () => Directory.EnumerateDirectories(directory));

    public override void Rename(string from, string to) => Do("rename", from, () => File.Move(from, to, overwrite: true));

    public override void RenameDirectory(string from, string to) => Do("rename directory", from, () => Directory.Move(from, to));

    public override void Delete(string path) => Do("delete", path, () => File.Delete(path));

    public override void DeleteDirectory(string path) => Do("delete directory", path, () =>
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    });

    public override void SyncDirectory(string path)
    {
        if (!Posix.IsSupported) return;
        var errno = Posix.SyncDirectory(path);
        if (errno != 0) throw IoErrors.SyncFailed(path, errno);
    }

    public override FileSystemSync? OpenFileSystemSync(string directory)
    {
        if (!Posix.IsSupported) return null;
        var handle = Posix.OpenDirectory(directory);
        if (!handle.IsInvalid) return new SystemFileSystemSync(handle, directory);
        handle.Dispose();
        return null;
    }

    private static List<string> Names(string directory, Func<IEnumerable<string>> entries)
    {
        var names = new List<string>();
        Do("list", directory, () =>
        {
            foreach (var entry in entries()) names.Add(Path.GetFileName(entry));
        });
        return names;
    }

    private static void Do(string operation, string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (IoErrors.IsExpected(error))
        {
            throw IoErrors.From(operation, path, error);
        }
    }
}
