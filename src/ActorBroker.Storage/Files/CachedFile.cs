using ActorBroker.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Files;

/// <summary>
/// A file that is open while somebody uses it, and stays open after that until the <see cref="DescriptorCache"/> wants its descriptor for
/// another.
///
/// <c>_leases</c> is the whole state: -1 closed, 0 open and idle, n open with n leases. Taking a lease on an open file is one
/// compare-and-swap; opening and closing happen under the file's lock. The evictor swaps 0 for -1, so it can never close under a reader: a
/// reader that comes at the same moment either gets its lease first (the swap fails) or finds -1 and opens again.
/// A dropped file (its segment is gone) closes with the last lease and never opens again.
/// </summary>
internal sealed class CachedFile(DescriptorCache cache, string path, FileOpening opening) : IFileLease
{
    private readonly Lock _gate = new();
    private StorageFile? _file;
    private int _leases = -1;
    private volatile bool _isDropped;
    private FileOpening _opening = opening;

    public string Path { get; private set; } = path;

    /// <summary>Set by use, cleared by the cache's clock hand.</summary>
    public bool IsRecentlyUsed { get; set; } = true;

    public bool Exists => !IsClosed || cache.Files.FileExists(Path);
    public bool IsClosed => Volatile.Read(ref _leases) < 0;
    public SafeFileHandle Handle => _file!.Handle;

    /// <summary>Valid while a lease is held.</summary>
    public StorageFile File => _file!;

    /// <summary>Takes a lease and opens the file when it is closed.</summary>
    public StorageFile Acquire()
    {
        while (true)
        {
            var leases = Volatile.Read(ref _leases);
            if (leases < 0)
            {
                if (TryOpen(out var opened)) return opened;
                continue;
            }
            if (Interlocked.CompareExchange(ref _leases, leases + 1, leases) != leases) continue;
            if (!IsRecentlyUsed) IsRecentlyUsed = true;
            return _file!;
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0 && _isDropped) TryClose();
    }

    /// <summary>Renames on the disk; leases go on reading the same file.</summary>
    public void Rename(string to)
    {
        lock (_gate)
        {
            cache.Files.Rename(Path, to);
            Path = to;
        }
    }

    /// <summary>The name has changed underneath: a rename of the directory.</summary>
    public void MovedTo(string to)
    {
        lock (_gate) Path = to;
    }

    /// <summary>No more uses but those under way: the descriptor goes with the last lease.</summary>
    public void Drop()
    {
        _isDropped = true;
        TryClose();
    }

    /// <summary>Closes an idle file; false when it is in use or closed already.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref _leases, -1, 0) != 0) return false;
            _file!.Dispose();
            _file = null;
        }
        cache.OnClosed();
        return true;
    }

    private bool TryOpen(out StorageFile file)
    {
        lock (_gate)
        {
            file = null!;
            if (Volatile.Read(ref _leases) >= 0) return false;
            // Its name may belong to another file by now: a reader that comes this late has to look at the log's present segments.
            if (_isDropped) throw IoErrors.FromErrno("open", Path, Posix.Enoent);
            file = _file = cache.OpenFile(Path, _opening);
            if (_opening == FileOpening.Truncate) _opening = FileOpening.ReadWrite;
            IsRecentlyUsed = true;
            Volatile.Write(ref _leases, 1);
        }
        cache.OnOpened(this);
        return true;
    }
}
