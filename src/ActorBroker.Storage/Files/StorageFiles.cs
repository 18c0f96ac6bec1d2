namespace ActorBroker.Storage.Files;

internal enum FileOpening : byte
{
    /// <summary>Must exist.</summary>
    Read,

    /// <summary>Must exist.</summary>
    ReadWrite,

    /// <summary>Opens or creates.</summary>
    Create,

    /// <summary>Creates, or empties what is there.</summary>
    Truncate,
}

/// <summary>
/// The names of a file system, as far as the storage uses it; see <see cref="StorageFile"/> for the seam. Failures are
/// <see cref="LogIoException"/>.
/// </summary>
internal abstract class StorageFiles
{
    public abstract StorageFile Open(string path, FileOpening opening);

    public abstract bool FileExists(string path);

    public abstract bool DirectoryExists(string path);

    /// <summary>Bytes of a file, without opening it.</summary>
    public abstract long LengthOf(string path);

    public abstract DateTime LastWriteUtc(string path);

    public abstract void CreateDirectory(string path);

    /// <summary>Names of the files and directories in a directory, in no order.</summary>
    public abstract List<string> List(string directory);

    public abstract List<string> ListDirectories(string directory);

    /// <summary>Atomic; replaces what is there.</summary>
    public abstract void Rename(string from, string to);

    public abstract void RenameDirectory(string from, string to);

    /// <summary>Nothing happens when it is not there.</summary>
    public abstract void Delete(string path);

    /// <summary>With all that is in it.</summary>
    public abstract void DeleteDirectory(string path);

    /// <summary>Creations, renames and deletions in the directory are durable when this returns.</summary>
    public abstract void SyncDirectory(string path);

    /// <summary>Opens what syncs a whole file system at once; null where the system has no such thing.</summary>
    public abstract FileSystemSync? OpenFileSystemSync(string directory);

    public byte[] ReadAll(string path)
    {
        using var file = Open(path, FileOpening.Read);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>
    /// Writes a file so that after a crash either the old or the new content is there: temporary file, sync, rename, directory sync.
    /// </summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        ReplaceUnsynced(path, content, sync: true);
        SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
    }

    /// <summary>Temporary file and rename; the caller sees to it that both become durable.</summary>
    public void ReplaceUnsynced(string path, ReadOnlySpan<byte> content, bool sync)
    {
        var temporary = path + ".tmp";
        using (var file = Open(temporary, FileOpening.Truncate))
        {
            file.Write(content, 0);
            if (sync) file.Sync();
        }
        Rename(temporary, path);
    }
}
