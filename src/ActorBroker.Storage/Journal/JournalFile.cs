using ActorBroker.Protocol;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Storage.Journal;

/// <summary>
/// An append-only journal in one file, shared by all persistent actors of a log directory (see <see cref="JournalCodec"/> for the bytes).
///
/// Appends that arrive while a write is under way form the next one: one write and one fdatasync for all of them (group commit). An
/// append is
/// acknowledged after its sync. A failed write or sync is final: nobody knows what reached the disk, so every later append fails with
/// the same
/// exception and the owner has to open the file anew. When most of the file is deleted events it is rewritten beside itself and renamed.
/// </summary>
public sealed class JournalFile : IDisposable
{
    private const long RewriteBytesMin = 4 * 1024 * 1024;

    private readonly string _path;
    private readonly object _gate = new();
    private JournalIndex _index = new();
    private SafeFileHandle _file;
    private long _end;
    private WireWriter _pending = new(4096);
    private List<(JournalCodec.Kind Kind, string Id, long SequenceNr, int Start, int Length)> _pendingFrames = [];
    private List<TaskCompletionSource> _pendingAcks = [];
    private bool _draining;
    private Exception? _failure;
    private TaskCompletionSource? _idle;

    private JournalFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Opens or makes the file and reads it whole; a torn tail is cut off.</summary>
    public static JournalFile Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var journal = new JournalFile(path, file);
        try
        {
            journal.Load();
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The highest sequence number ever written for the id, deleted ones included; 0 for an unknown id.</summary>
    public long HighestSequenceNr(string persistenceId) => Volatile.Read(ref _index).HighestSequenceNr(persistenceId);

    /// <summary>Completes when all entries are on disk, in order and together with whatever else was waiting.</summary>
    public Task AppendAsync(IReadOnlyList<JournalEntry> entries) => Enqueue(JournalCodec.Kind.Event, entries);

    /// <summary>Deletes the id's events up to and including <paramref name="sequenceNr"/>; completes when that is on disk.</summary>
    public Task DeleteToAsync(string persistenceId, long sequenceNr) =>
        Enqueue(JournalCodec.Kind.DeletedTo, [new JournalEntry(persistenceId, Math.Min(sequenceNr, HighestSequenceNr(persistenceId)), 0, "", "", default)]);

    /// <summary>Gives the id's live events from <paramref name="from"/> to <paramref name="to"/>, at most <paramref name="max"/>, in
    /// order.</summary>
    public void Replay(string persistenceId, long from, long to, long max, Action<JournalEntry> visit)
    {
        foreach (var entry in Collect(persistenceId, from, to, max)) visit(entry);
    }

    public void Dispose()
    {
        Task idle;
        lock (_gate)
        {
            _failure ??= new ObjectDisposedException(nameof(JournalFile), $"The journal {_path} is closed.");
            idle = _draining ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }

        idle.Wait();
        _file.Dispose();
        _pending.Dispose();
    }

    private List<JournalEntry> Collect(string persistenceId, long from, long to, long max)
    {
        while (true)
        {
            var index = Volatile.Read(ref _index);
            var file = Volatile.Read(ref _file);
            try
            {
                var entries = new List<JournalEntry>();
                foreach (var location in index.Range(persistenceId, from, to, max)) entries.Add(ReadFrame(file, location).Entry);
                return entries;
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(file, Volatile.Read(ref _file)))
            {
                // A rewrite replaced the file between the two reads above; the new pair serves.
                continue;
            }
        }
    }

    private JournalCodec.Frame ReadFrame(SafeFileHandle file, JournalIndex.Location location)
    {
        var bytes = new byte[location.Length];
        ReadFully(file, bytes, location.Position);
        if (JournalCodec.FrameLength(bytes) != bytes.Length)
            throw new InvalidDataException($"The journal {_path} is damaged at byte {location.Position}: the checksum of an acknowledged entry does not hold.");
        return JournalCodec.Read(bytes);
    }

    private Task Enqueue(JournalCodec.Kind kind, IReadOnlyList<JournalEntry> entries)
    {
        var ack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_failure is not null) return Task.FromException(_failure);
            foreach (var entry in entries)
            {
                var start = _pending.Length;
                JournalCodec.Append(_pending, kind, entry);
                _pendingFrames.Add((kind, entry.PersistenceId, entry.SequenceNr, start, _pending.Length - start));
            }

            _pendingAcks.Add(ack);
            if (_draining) return ack.Task;
            _draining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static journal => journal.Drain(), this, preferLocal: false);
        return ack.Task;
    }

    private void Drain()
    {
        var spare = new WireWriter(4096);
        while (true)
        {
            WireWriter bytes;
            List<(JournalCodec.Kind Kind, string Id, long SequenceNr, int Start, int Length)> frames;
            List<TaskCompletionSource> acks;
            lock (_gate)
            {
                if (_pendingAcks.Count == 0)
                {
                    _draining = false;
                    _idle?.TrySetResult();
                    spare.Dispose();
                    return;
                }

                (bytes, _pending) = (_pending, spare);
                (frames, _pendingFrames) = (_pendingFrames, []);
                (acks, _pendingAcks) = (_pendingAcks, []);
            }

            var failure = WriteAndSync(bytes, frames);
            foreach (var ack in acks)
            {
                if (failure is null) ack.TrySetResult();
                else ack.TrySetException(failure);
            }

            bytes.Clear();
            spare = bytes;
        }
    }

    private Exception? WriteAndSync(WireWriter bytes, List<(JournalCodec.Kind Kind, string Id, long SequenceNr, int Start, int Length)> frames)
    {
        try
        {
            RandomAccess.Write(_file, bytes.WrittenSpan, _end);
            FileSync.Data(_file, _path);
            foreach (var frame in frames) _index.Apply(frame.Kind, frame.Id, frame.SequenceNr, _end + frame.Start, frame.Length);
            _end += bytes.Length;
            if (_end > RewriteBytesMin && _index.LiveBytes * 4 < _end) Rewrite();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            lock (_gate) _failure ??= new IOException($"The journal {_path} failed and takes no more entries: {error.Message}", error);
            return _failure;
        }
    }

    private void Load()
    {
        var length = RandomAccess.GetLength(_file);
        if (length < JournalCodec.Magic.Length)
        {
            RandomAccess.SetLength(_file, 0);
            RandomAccess.Write(_file, JournalCodec.Magic, 0);
            FileSync.Data(_file, _path);
            FileSync.Directory(Path.GetDirectoryName(_path)!);
            _end = JournalCodec.Magic.Length;
            return;
        }

        var bytes = new byte[length];
        ReadFully(_file, bytes, 0);
        if (!bytes.AsSpan().StartsWith(JournalCodec.Magic))
            throw new InvalidDataException(
                $"{_path} is not a journal of this version: it does not start with {System.Text.Encoding.ASCII.GetString(JournalCodec.Magic)}.");
        _end = JournalCodec.Magic.Length;
        while (JournalCodec.FrameLength(bytes.AsSpan((int)_end)) is var frameLength and > 0)
        {
            var frame = JournalCodec.Read(bytes.AsMemory((int)_end, frameLength));
            _index.Apply(frame.Kind, frame.Entry.PersistenceId, frame.Entry.SequenceNr, _end, frameLength);
            _end += frameLength;
        }

        if (_end == length) return;
        RandomAccess.SetLength(_file, _end);
        FileSync.Data(_file, _path);
    }

    /// <summary>
    /// Copies what lives into a new file, syncs it, renames it over the old one and syncs the directory. A crash before the rename
    /// leaves the old
    /// file, after it the new one; both hold every acknowledged entry.
    /// </summary>
    private void Rewrite()
    {
        var newPath = _path + ".new";
        var newIndex = new JournalIndex();
        using var writer = new WireWriter(64 * 1024);
        writer.WriteRaw(JournalCodec.Magic);
        foreach (var (id, highest, events) in _index.Snapshot())
        {
            foreach (var location in events) AppendTo(newIndex, writer, JournalCodec.Kind.Event, ReadFrame(_file, location).Entry);
            AppendTo(newIndex, writer, JournalCodec.Kind.HighestReached, new JournalEntry(id, highest, 0, "", "", default));
        }

        var newFile = File.OpenHandle(newPath, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.Write(newFile, writer.WrittenSpan, 0);
        FileSync.Data(newFile, newPath);
        File.Move(newPath, _path, overwrite: true);
        FileSync.Directory(Path.GetDirectoryName(_path)!);
        var old = _file;
        Volatile.Write(ref _file, newFile);
        Volatile.Write(ref _index, newIndex);
        _end = writer.Length;
        old.Dispose();
    }

    private static void AppendTo(JournalIndex index, WireWriter writer, JournalCodec.Kind kind, in JournalEntry entry)
    {
        var start = writer.Length;
        JournalCodec.Append(writer, kind, entry);
        index.Apply(kind, entry.PersistenceId, entry.SequenceNr, start, writer.Length - start);
    }

    private static void ReadFully(SafeFileHandle file, Span<byte> destination, long position)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(file, destination, position);
            if (read == 0) throw new EndOfStreamException("The journal ended before the entry did.");
            destination = destination[read..];
            position += read;
        }
    }
}
