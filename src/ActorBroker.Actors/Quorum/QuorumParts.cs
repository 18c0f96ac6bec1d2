using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// Sends calls and answers, the large ones in pieces, so that no message outgrows the control lane's frames and heartbeats go between the
/// pieces. Puts pieces together again on the other side: per sender one message at a time, because pieces of one sender come in order; a
/// message of which a piece was lost is dropped when the next begins, and its sender asks again.
/// </summary>
internal sealed class QuorumParts
{
    /// <summary>Larger messages are cut; far below Akka's default frame of 128,000 bytes.</summary>
    public const int PartBytes = 64 * 1024;

    private const int SendersMax = 64;
    private const long MessageBytesMax = 512L * 1024 * 1024;

    private readonly Dictionary<IActorRef, (QuorumPart Last, WireWriter Bytes)> _open = [];
    private long _ids;

    public void Send(ICanTell target, QuorumCall call, IActorRef sender, bool isLocal)
    {
        if (isLocal || SizeOf(call.Request) <= PartBytes) target.Tell(call, sender);
        else Cut(target, sender, isCall: true, writer => QuorumSerializer.WriteCall(writer, call));
    }

    public void Send(ICanTell target, QuorumAnswer answer, IActorRef sender, bool isLocal)
    {
        if (isLocal || answer.Reply is not LogPage page || SizeOf(page.Entries, page.Snapshot) <= PartBytes) target.Tell(answer, sender);
        else Cut(target, sender, isCall: false, writer => QuorumSerializer.WriteAnswer(writer, answer));
    }

    /// <summary>The whole message when this was its last piece; null before, and for a piece that does not fit.</summary>
    public object? Add(IActorRef sender, QuorumPart part)
    {
        if (part.Index == 0)
        {
            if (_open.Remove(sender, out var broken)) broken.Bytes.Dispose();
            if (_open.Count >= SendersMax) Forget();
            _open[sender] = (part, new WireWriter(part.Bytes.Length));
        }

        if (!_open.TryGetValue(sender, out var open)) return null;
        var isNext = part.Id == open.Last.Id && (part.Index == 0 || part.Index == open.Last.Index + 1);
        var fits = isNext && open.Bytes.Length + part.Bytes.Length <= MessageBytesMax;
        if (!fits)
        {
            _open.Remove(sender);
            open.Bytes.Dispose();
            return null;
        }

        open.Bytes.WriteRaw(part.Bytes.Span);
        _open[sender] = (part, open.Bytes);
        if (part.Index < part.Count - 1) return null;
        _open.Remove(sender);
        using (open.Bytes)
        {
            var reader = new WireReader(open.Bytes.WrittenSpan.ToArray());
            return part.IsCall ? QuorumSerializer.ReadCall(ref reader) : QuorumSerializer.ReadAnswer(ref reader);
        }
    }

    private static int SizeOf(QuorumRequest request) => request switch
    {
        AppendEntries append => SizeOf(append.Entries, null),
        InstallSnapshot install => install.Snapshot.Bytes.Length,
        _ => 0,
    };

    private static int SizeOf(IReadOnlyList<QuorumEntry> entries, QuorumSnapshot? snapshot) =>
        entries.Sum(entry => entry.Size) + (snapshot?.Bytes.Length ?? 0);

    private void Cut(ICanTell target, IActorRef sender, bool isCall, Action<WireWriter> write)
    {
        using var writer = new WireWriter(PartBytes * 2);
        write(writer);
        var bytes = writer.WrittenSpan.ToArray();
        var count = (bytes.Length + PartBytes - 1) / PartBytes;
        var id = ++_ids;
        for (var i = 0; i < count; i++)
        {
            var from = i * PartBytes;
            target.Tell(new QuorumPart(id, i, count, isCall, bytes.AsMemory(from, Math.Min(PartBytes, bytes.Length - from))), sender);
        }
    }

    private void Forget()
    {
        foreach (var (_, bytes) in _open.Values) bytes.Dispose();
        _open.Clear();
    }
}
