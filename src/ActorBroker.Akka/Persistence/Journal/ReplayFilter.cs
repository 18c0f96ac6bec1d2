using Akka.Configuration;

namespace Akka.Persistence.Journal;

internal enum ReplayRepair
{
    Off,
    DiscardOld,
    Warn,
    Fail,
}

/// <summary><c>replay-filter</c> of a journal's configuration.</summary>
internal sealed class ReplayFilterSettings(Config config)
{
    public ReplayRepair Mode { get; } = config.GetString("replay-filter.mode", "off").ToLowerInvariant() switch
    {
        "off" => ReplayRepair.Off,
        "repair-by-discard-old" => ReplayRepair.DiscardOld,
        "warn" => ReplayRepair.Warn,
        "fail" => ReplayRepair.Fail,
        var other => throw new ConfigurationException(
            $"replay-filter.mode is `{other}`; it may be off, repair-by-discard-old, fail or warn"),
    };

    public int WindowSize { get; } = Math.Max(1, config.GetInt("replay-filter.window-size", 100));

    public int MaxOldWriters { get; } = Math.Max(1, config.GetInt("replay-filter.max-old-writers", 10));

    public ReplayFilter Create(Action<IPersistentRepresentation> output) => new(this, output);
}

/// <summary>
/// Finds the events of a writer that went on after its successor had started (two incarnations of one persistence id, as after a
/// network partition). A window of events is held back: when a new writer starts at a sequence number, what older writers wrote
/// at that number or above is discarded; so is anything a known old writer wrote later, and an event of the present writer that
/// goes backwards.
/// </summary>
internal sealed class ReplayFilter(ReplayFilterSettings settings, Action<IPersistentRepresentation> output)
{
    private readonly LinkedList<IPersistentRepresentation> _window = [];
    private readonly Queue<string> _oldWriters = [];
    private string? _writer;
    private long _sequenceNr;

    public void Add(IPersistentRepresentation persistent)
    {
        if (persistent.IsDeleted)
            return;
        if (settings.Mode == ReplayRepair.Off)
        {
            output(persistent);
            return;
        }
        if (_window.Count >= settings.WindowSize)
            Release();
        if (persistent.WriterGuid != _writer && !_oldWriters.Contains(persistent.WriterGuid))
            ChangeWriter(persistent);
        else if (persistent.WriterGuid == _writer && persistent.SequenceNr >= _sequenceNr)
            _sequenceNr = persistent.SequenceNr;
        else if (Discards(persistent))
            return;
        _window.AddLast(persistent);
    }

    public void Complete()
    {
        while (_window.Count > 0)
            Release();
    }

    private void ChangeWriter(IPersistentRepresentation first)
    {
        if (_writer is not null)
            _oldWriters.Enqueue(_writer);
        if (_oldWriters.Count > settings.MaxOldWriters)
            _oldWriters.Dequeue();
        (_writer, _sequenceNr) = (first.WriterGuid, first.SequenceNr);
        for (var node = _window.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.SequenceNr >= _sequenceNr && Discards(node.Value))
                _window.Remove(node);
            node = next;
        }
    }

    private bool Discards(IPersistentRepresentation persistent) => settings.Mode switch
    {
        ReplayRepair.Fail => throw new InvalidOperationException(
            $"Event {persistent.SequenceNr} of [{persistent.PersistenceId}] was written by {persistent.WriterGuid} "
            + $"although {_writer} had already written up to {_sequenceNr}"),
        ReplayRepair.DiscardOld => true,
        _ => false,
    };

    private void Release()
    {
        output(_window.First!.Value);
        _window.RemoveFirst();
    }
}
