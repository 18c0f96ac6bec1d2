using System.Collections.Generic;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Sends what waits on one link, on the bulk lane. One turn takes everything that waits and packs it in order, records cut where an
/// envelope is full; this is the one copy on the way out. While the node has no address everything is dropped: conversations notice.
/// </summary>
internal sealed class ReplicationLinkActor : UntypedActor
{
    private readonly PeerLink _link;
    private readonly ReplicationIdentity _self;
    private readonly Func<int, IActorRef?> _resolve;
    private readonly List<Piece> _pieces = [];
    private int _size;

    public ReplicationLinkActor(PeerLink link, ReplicationIdentity self, Func<int, IActorRef?> resolve)
    {
        _link = link;
        _self = self;
        _resolve = resolve;
    }

    public static Props PropsFor(PeerLink link, ReplicationIdentity self, Func<int, IActorRef?> resolve) =>
        Props.Create(() => new ReplicationLinkActor(link, self, resolve));

    protected override void PostStop() => _link.Close();

    /// <summary>What was being packed is lost, which conversations notice; the link itself goes on.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (var part in _pieces.Select(piece => piece.Part).Distinct()) part.Release();
    }

    protected override void OnReceive(object message)
    {
        if (message is not LinkHasWork)
        {
            Unhandled(message);
            return;
        }

        var to = _resolve(_link.Node);
        for (var part = _link.TakeAll(); part is not null;)
        {
            var next = part.Next;
            part.Next = null;
            if (to is null) part.Release();
            else Pack(part, to);
            part = next;
        }

        if (to is not null) Flush(to);
    }

    private void Pack(ReplicaPart part, IActorRef to)
    {
        var head = ReplicationCodec.HeadOf(part.Kind);
        var position = 0;
        do
        {
            // A piece is worth its head: what is left of an envelope is used only when it takes all, or a good part of the rest.
            var room = _self.EnvelopeBytes - _size - head;
            var left = part.Bytes - position;
            if (_pieces.Count > 0 && room < Math.Min(left, _self.EnvelopeBytes / 4))
            {
                Flush(to);
                room = _self.EnvelopeBytes - head;
            }

            var length = Math.Min(left, Math.Max(room, 1));
            _pieces.Add(new Piece(part, position, length));
            _size += head + length;
            position += length;
        }
        while (position < part.Bytes);
    }

    private void Flush(IActorRef to)
    {
        if (_pieces.Count == 0) return;
        var bytes = GC.AllocateUninitializedArray<byte>(ReplicationCodec.EnvelopeHead + _size);
        var at = ReplicationCodec.WriteHead(bytes, _self.Node, _self.Incarnation);
        foreach (var (part, position, length) in _pieces)
        {
            at += ReplicationCodec.Write(bytes.AsSpan(at), part, position, length);
            if (position + length == part.Bytes) part.Release();
        }

        _pieces.Clear();
        _size = 0;
        to.Tell(new ReplicationEnvelope(bytes), ActorRefs.NoSender);
    }

    private readonly record struct Piece(ReplicaPart Part, int Position, int Length);
}
