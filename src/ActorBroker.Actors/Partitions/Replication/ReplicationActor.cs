using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// <c>/user/replication</c> on the bulk lane: takes the envelopes of other nodes apart and hands each part to its replica's port. Records
/// are copied here into one pooled buffer, the one copy on the way in; pieces of one part come one after the other, so that one part per
/// sender is being put together at a time, and a piece that does not fit on ends it.
/// </summary>
internal sealed class ReplicationActor : UntypedActor
{
    public const string Name = "replication";

    private readonly ReplicaPorts _ports;
    private readonly BufferPool _buffers;
    private readonly Dictionary<int, Assembly> _assemblies = [];

    public ReplicationActor(ReplicaPorts ports, BufferPool buffers)
    {
        _ports = ports;
        _buffers = buffers;
    }

    public static Props PropsFor(ReplicaPorts ports, BufferPool buffers) => Props.Create(() => new ReplicationActor(ports, buffers));

    protected override void PostStop()
    {
        foreach (var assembly in _assemblies.Values) assembly.Part.Release();
    }

    protected override void OnReceive(object message)
    {
        if (message is not ReplicationEnvelope envelope)
        {
            Unhandled(message);
            return;
        }

        try
        {
            Open(envelope.Bytes);
        }
        catch (WireFormatException error)
        {
            Context.GetLogger().Warning("A message between replicas could not be read and is dropped: {0}", error.Message);
        }
    }

    private void Open(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var node = reader.ReadInt32();
        var incarnation = reader.ReadInt64();
        while (reader.Remaining > 0)
        {
            var part = ReplicationCodec.Read(ref reader, node, incarnation, out var records);
            if (part.Bytes == 0) Deliver(part);
            else Assemble(part, records, bytes);
        }
    }

    private void Assemble(ReplicaPart part, in RecordsRange records, byte[] bytes)
    {
        var isKnown = _assemblies.Remove(part.Node, out var assembly);
        if (records.Position == 0)
        {
            if (isKnown) assembly.Part.Release();
            part.Buffer = _buffers.Rent(part.Bytes);
            assembly = new Assembly(part, 0);
        }
        else if (!isKnown || !assembly.Continues(part, records))
        {
            if (isKnown) assembly.Part.Release();
            return;
        }

        bytes.AsSpan(records.At, records.Length).CopyTo(assembly.Part.Buffer!.Span(records.Position, records.Length));
        assembly = assembly with { Filled = records.Position + records.Length };
        if (assembly.Filled == assembly.Part.Bytes) Deliver(assembly.Part);
        else _assemblies[part.Node] = assembly;
    }

    private void Deliver(ReplicaPart part)
    {
        if (_ports.Find(part.Id) is { } port) port.Deliver(part);
        else part.Release();
    }

    private readonly record struct Assembly(ReplicaPart Part, int Filled)
    {
        public bool Continues(ReplicaPart next, in RecordsRange records) =>
            records.Position == Filled && next.Incarnation == Part.Incarnation && next.Id == Part.Id && next.Session == Part.Session
            && next.StartOffset == Part.StartOffset && next.EndOffset == Part.EndOffset && next.Bytes == Part.Bytes;
    }
}
