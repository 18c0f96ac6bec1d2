using ActorBroker.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Journal;

/// <summary>Syncs of the journal's own files; failures are thrown, because .NET's flush hides them on Linux.</summary>
internal static class FileSync
{
    public static void Data(SafeFileHandle file, string path) => new SystemStorageFile(file, path).Sync();

    public static void Directory(string path) => s_files.SyncDirectory(path);

    private static readonly SystemStorageFiles s_files = new();
}
