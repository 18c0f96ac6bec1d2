using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Quorum;

/// <summary>
/// A voter's file, <c>actorbroker.quorum</c> in the metadata directory: everything its <see cref="AcceptorMachine"/> must remember (see
/// <see cref="QuorumFrame"/> for the bytes). <see cref="Append"/> returns when the records are on the disk; a promise is on the disk before
/// it is answered.
///
/// One caller at a time, on any thread. A failure is final for this store: what it wrote is unknown, so the machine that was ahead of it is
/// thrown away too, and both are read anew from the file, if at all (<see cref="LogIoErrorKind"/> says whether that makes sense). The file
/// is rewritten when most of it is history. A second process on it is refused by a lock on <c>actorbroker.quorum.lock</c>.
/// </summary>
public sealed class QuorumStore : IDisposable
{
    public const string FileName = "actorbroker.quorum";

    private const long RewriteBytesMin = 4 * 1024 * 1024;

    private readonly StorageFiles _files;
    private readonly string _path;
    private readonly FileStream _lock;
    private StorageFile _file;
    private long _end;
    private Exception? _failure;

    private QuorumStore(StorageFiles files, string path, FileStream held, StorageFile file)
    {
        (_files, _path, _lock, _file) = (files, path, held, file);
    }

    /// <summary>What the file says; from here on the caller's to change, along with the file.</summary>
    public AcceptorMachine Machine { get; } = new();

    public string Directory => Path.GetDirectoryName(_path)!;

    /// <summary>Whether a voter's file is in the directory.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Opens the file, or makes one with an id of its own.</summary>
    /// <exception cref="InvalidDataException">It is another node's, damaged, or no such file at all.</exception>
    /// <exception cref="LogDirectoryLockedException">Another process is on it.</exception>
    public static QuorumStore Open(string directory, int nodeId) => Open(new SystemStorageFiles(), directory, nodeId, Uuid.NewRandom());

    internal static QuorumStore Open(StorageFiles files, string directory, int nodeId, Uuid newFileId)
    {
        files.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        var held = Lock(directory, path);
        StorageFile? file = null;
        try
        {
            file = files.Open(path, FileOpening.Create);
            var store = new QuorumStore(files, path, held, file);
            store.Load(nodeId, newFileId);
            return store;
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes the records as one frame with one sync.</summary>
    /// <exception cref="LogIoException">The store takes nothing more.</exception>
    public void Append(IReadOnlyList<AcceptorRecord> records)
    {
        if (_failure is not null) throw _failure;
        if (records.Count == 0) return;
        using var writer = new WireWriter(4096);
        QuorumFrame.Append(writer, records);
        Guard(() =>
        {
            _file.Write(writer.WrittenSpan, _end);
            _file.Sync();
            _end += writer.Length;
        });
    }

    /// <summary>Whether most of the file is history, when so much of it is still needed.</summary>
    public bool IsWorthRewriting(long liveBytes) => _end > RewriteBytesMin && liveBytes * 4 < _end;

    /// <summary>
    /// Puts a file with these records alone in the place of this one. After a crash it is the old or the new one, and both say the same.
    /// </summary>
    public void Rewrite(IReadOnlyList<AcceptorRecord> records)
    {
        if (_failure is not null) throw _failure;
        using var writer = new WireWriter(64 * 1024);
        writer.WriteRaw(QuorumFrame.Magic);
        QuorumFrame.Append(writer, records);
        Guard(() =>
        {
            _files.Replace(_path, writer.WrittenSpan);
            var old = _file;
            _file = _files.Open(_path, FileOpening.ReadWrite);
            _end = writer.Length;
            old.Dispose();
        });
    }

    public void Dispose()
    {
        _failure ??= new ObjectDisposedException(nameof(QuorumStore), $"{_path} is closed.");
        _file.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string directory, string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new LogDirectoryLockedException(directory, error);
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _failure = IoErrors.From("write", _path, error);
            throw _failure;
        }
    }

    private void Load(int nodeId, Uuid newFileId)
    {
        var bytes = new byte[_file.Length];
        if (_file.Read(bytes, 0) != bytes.Length) throw new InvalidDataException($"{_path} shrank while it was read");
        if (bytes.Length >= QuorumFrame.Magic.Length && !bytes.AsSpan().StartsWith(QuorumFrame.Magic))
            throw new InvalidDataException($"{_path} is no voter's file of this version.");
        var at = Math.Min(QuorumFrame.Magic.Length, bytes.Length);
        while (QuorumFrame.LengthAt(bytes.AsSpan(at)) is var length and > 0)
        {
            QuorumFrame.Apply(Machine, bytes.AsMemory(at, length));
            at += length;
        }

        if (QuorumFrame.FindNext(bytes, at) is var next and >= 0)
            throw new InvalidDataException(
                $"{_path} is damaged at byte {at}, before good records at byte {next}. A voter that forgets is worse than none: remove this voter, take " +
                "the file away and add the voter anew.");
        if (Machine.NodeId < 0)
        {
            Create(nodeId, newFileId);
            return;
        }

        if (Machine.NodeId != nodeId)
            throw new InvalidDataException(
                $"{_path} belongs to node {Machine.NodeId}, this is node {nodeId}: start with --node-id {Machine.NodeId}, or name another directory.");
        _end = at;
        if (at == bytes.Length) return;
        _file.SetLength(at);
        _file.Sync();
    }

    /// <summary>A file of which not even the first frame is whole was never used for anything.</summary>
    private void Create(int nodeId, Uuid fileId)
    {
        var records = new AcceptorRecord[] { new VoterCreated(nodeId, fileId) };
        using var writer = new WireWriter(128);
        writer.WriteRaw(QuorumFrame.Magic);
        QuorumFrame.Append(writer, records);
        _file.SetLength(0);
        _file.Write(writer.WrittenSpan, 0);
        _file.Sync();
        _files.SyncDirectory(Directory);
        _end = writer.Length;
        Machine.Apply(records[0]);
    }
}
