using ActorBroker.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Tests.Support;

/// <summary>
/// A device with a volatile cache. Works on real files, and keeps beside them what a power loss would leave: contents as of the last sync,
/// and names as of the last directory sync. <see cref="Crash"/> throws the difference away in part: of every unsynced write each 512-byte
/// sector survives or not, by the seed; of the unsynced names a prefix survives, as in a journal. It also refuses writes and syncs on
/// demand.
/// </summary>
internal sealed class CrashFiles(string root, int seed) : StorageFiles
{
    private const int Sector = 512;

    private readonly SystemStorageFiles _real = new();
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private Dictionary<string, Inode> _names = [];
    private Dictionary<string, Inode> _durableNames = [];
    private readonly List<Action<Dictionary<string, Inode>>> _unsyncedNames = [];

    /// <summary>Bytes that may still be written before ENOSPC.</summary>
    public long SpaceLeft { get; set; } = long.MaxValue;

    /// <summary>Every n-th write fails with EIO when set.</summary>
    public int FailEveryWrite { get; set; }

    public bool FailSyncs { get; set; }

    /// <summary>How likely an unsynced sector survives.</summary>
    public double Survival { get; set; } = 0.5;

    private int _writes;

    public override StorageFile Open(string path, FileOpening opening)
    {
        lock (_gate)
        {
            var file = _real.Open(path, opening);
            if (!_names.TryGetValue(path, out var inode))
            {
                inode = new Inode();
                Name(names => names[path] = inode);
            }
            else if (opening == FileOpening.Truncate)
            {
                inode.Current.SetLength(0);
                inode.SetLength(0);
            }
            return new CrashFile(this, file, inode);
        }
    }

    public override bool FileExists(string path) => _real.FileExists(path);

    public override bool DirectoryExists(string path) => _real.DirectoryExists(path);

    public override long LengthOf(string path) => _real.LengthOf(path);

    public override DateTime LastWriteUtc(string path) => _real.LastWriteUtc(path);

    public override void CreateDirectory(string path) => _real.CreateDirectory(path);

    public override List<string> List(string directory) => _real.List(directory);

    public override List<string> ListDirectories(string directory) => _real.ListDirectories(directory);

    public override void Rename(string from, string to)
    {
        lock (_gate)
        {
            _real.Rename(from, to);
            Name(names => Move(names, from, to));
        }
    }

    public override void RenameDirectory(string from, string to)
    {
        lock (_gate)
        {
            _real.RenameDirectory(from, to);
            Name(names =>
            {
                foreach (var name in names.Keys.Where(name => name.StartsWith(from + '/', StringComparison.Ordinal)).ToList())
                    Move(names, name, to + name[from.Length..]);
            });
        }
    }

    public override void Delete(string path)
    {
        lock (_gate)
        {
            _real.Delete(path);
            Name(names => names.Remove(path));
        }
    }

    public override void DeleteDirectory(string path)
    {
        lock (_gate)
        {
            _real.DeleteDirectory(path);
            Name(names =>
            {
                foreach (var name in names.Keys.Where(name => name.StartsWith(path + '/', StringComparison.Ordinal)).ToList()) names.Remove(name);
            });
        }
    }

    public override void SyncDirectory(string path)
    {
        if (FailSyncs) throw IoErrors.SyncFailed(path, Posix.Eio);
        lock (_gate)
        {
            foreach (var change in _unsyncedNames) change(_durableNames);
            _unsyncedNames.Clear();
        }
    }

    public override FileSystemSync? OpenFileSystemSync(string directory) => new WholeSync(this);

    /// <summary>The power fails: the directory holds what the device kept. All files must be closed before.</summary>
    public void Crash()
    {
        lock (_gate)
        {
            foreach (var change in _unsyncedNames.Take(_random.Next(_unsyncedNames.Count + 1))) change(_durableNames);
            _unsyncedNames.Clear();
            foreach (var inode in _durableNames.Values.Distinct()) inode.Lose(_random, Survival);
            foreach (var path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
                if (Path.GetFileName(path) != ".lock") File.Delete(path);
            foreach (var directory in Directory.GetDirectories(root)) Directory.Delete(directory, recursive: true);
            foreach (var (path, inode) in _durableNames)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, inode.Durable.ToArray());
            }
            _names = new Dictionary<string, Inode>(_durableNames);
        }
    }

    private static void Move(Dictionary<string, Inode> names, string from, string to)
    {
        if (names.Remove(from, out var inode)) names[to] = inode;
    }

    private void Name(Action<Dictionary<string, Inode>> change)
    {
        change(_names);
        _unsyncedNames.Add(change);
    }

    private void BeforeWrite(string path, long bytes)
    {
        lock (_gate)
        {
            if (FailEveryWrite > 0 && ++_writes % FailEveryWrite == 0) throw IoErrors.FromErrno("write", path, Posix.Eio);
            if (SpaceLeft < bytes) throw IoErrors.FromErrno("write", path, Posix.Enospc);
            SpaceLeft -= bytes;
        }
    }

    private sealed class WholeSync(CrashFiles device) : FileSystemSync
    {
        public override void Sync()
        {
            device.SyncDirectory("");
            lock (device._gate)
                foreach (var inode in device._names.Values) inode.Sync();
        }

        public override void Dispose()
        {
        }
    }

    private sealed class Inode
    {
        private readonly List<(long Position, byte[] Bytes)> _unsynced = [];

        public MemoryStream Current { get; } = new();
        public MemoryStream Durable { get; private set; } = new();

        public void Write(long position, byte[] bytes)
        {
            _unsynced.Add((position, bytes));
            Apply(Current, position, bytes);
        }

        public void SetLength(long length)
        {
            Current.SetLength(length);
            if (Durable.Length > length) Durable.SetLength(length);
            _unsynced.RemoveAll(write => write.Position >= length);
            for (var i = 0; i < _unsynced.Count; i++)
                if (_unsynced[i].Position + _unsynced[i].Bytes.Length > length)
                    _unsynced[i] = (_unsynced[i].Position, _unsynced[i].Bytes[..(int)(length - _unsynced[i].Position)]);
        }

        public void Sync()
        {
            Durable = new MemoryStream();
            Durable.Write(Current.ToArray());
            _unsynced.Clear();
        }

        public void Lose(Random random, double survival)
        {
            // A sector holds what all writes up to some moment made of it.
            var sectors = new SortedDictionary<long, List<(long Position, byte[] Bytes)>>();
            foreach (var write in _unsynced)
            {
                for (var sector = write.Position / Sector; sector * Sector < write.Position + write.Bytes.Length; sector++)
                {
                    if (!sectors.TryGetValue(sector, out var writes)) sectors.Add(sector, writes = []);
                    writes.Add(write);
                }
            }
            foreach (var (sector, writes) in sectors)
            {
                var kept = random.NextDouble() < survival ? writes.Count : random.Next(writes.Count);
                foreach (var (position, bytes) in writes.Take(kept))
                {
                    var from = Math.Max(position, sector * Sector);
                    var to = Math.Min(position + bytes.Length, (sector + 1) * Sector);
                    Apply(Durable, from, bytes.AsSpan((int)(from - position), (int)(to - from)));
                }
            }
            // The length may have become durable before the bytes: zeros then.
            if (Durable.Length < Current.Length && random.Next(2) == 0) Durable.SetLength(Current.Length);
            _unsynced.Clear();
            Current.SetLength(0);
            Current.Position = 0;
            Current.Write(Durable.ToArray());
        }

        private static void Apply(MemoryStream to, long position, ReadOnlySpan<byte> bytes)
        {
            if (to.Length < position) to.SetLength(position);
            to.Position = position;
            to.Write(bytes);
        }
    }

    private sealed class CrashFile(CrashFiles device, StorageFile real, Inode inode) : StorageFile
    {
        public override SafeFileHandle Handle => real.Handle;
        public override string Path => real.Path;
        public override long Length => real.Length;

        public override int Read(Span<byte> buffer, long position) => real.Read(buffer, position);

        public override unsafe void Write(ReadOnlySpan<IoVec> pieces, long position)
        {
            long total = 0;
            foreach (var piece in pieces) total += (long)piece.Length;
            device.BeforeWrite(real.Path, total);
            real.Write(pieces, position);
            lock (device._gate)
            {
                foreach (var piece in pieces)
                {
                    inode.Write(position, new ReadOnlySpan<byte>(piece.Base, (int)piece.Length).ToArray());
                    position += (long)piece.Length;
                }
            }
        }

        public override void SetLength(long length)
        {
            real.SetLength(length);
            lock (device._gate) inode.SetLength(length);
        }

        public override bool TryReserve(long position, long length) => true;

        public override void Sync()
        {
            if (device.FailSyncs) throw IoErrors.SyncFailed(real.Path, Posix.Eio);
            lock (device._gate) inode.Sync();
        }

        public override void Dispose() => real.Dispose();
    }
}
