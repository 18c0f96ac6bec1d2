using System.Runtime.CompilerServices;
using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>
/// Link of an <see cref="ActorQueue"/>. Nodes are kept by the thread that consumed them for its next sends: two actors that
/// talk to each other allocate nothing. The kept ones are bounded; the rest is the collector's.
/// </summary>
internal sealed class EnvelopeNode
{
    private const int MaxKept = 512;

    [ThreadStatic]
    private static EnvelopeNode? _kept;

    [ThreadStatic]
    private static int _keptCount;

    public EnvelopeNode? Next;
    public object? Message;
    public IActorRef? Sender;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EnvelopeNode Rent()
    {
        var node = _kept;
        if (node is null)
            return new EnvelopeNode();
        _kept = node.Next;
        _keptCount--;
        return node;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Return(EnvelopeNode node)
    {
        node.Message = null;
        node.Sender = null;
        if (_keptCount >= MaxKept)
        {
            node.Next = null;
            return;
        }
        node.Next = _kept;
        _kept = node;
        _keptCount++;
    }
}
