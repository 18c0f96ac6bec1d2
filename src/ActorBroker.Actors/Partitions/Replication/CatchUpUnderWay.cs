using ActorBroker.Core.Partitions.Replication;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// What a leader has sent from cold segments and its followers have not acknowledged: the link's budget for catching up gets it back when the
/// follower has it, or when the conversation in which it was sent is over.
/// </summary>
internal sealed class CatchUpUnderWay
{
    private readonly Dictionary<int, Queue<(long Session, long EndOffset, int Bytes)>> _sent = [];

    public void Sent(FollowerProgress follower, int bytes)
    {
        if (!_sent.TryGetValue(follower.Node, out var queue)) _sent.Add(follower.Node, queue = new Queue<(long, long, int)>());
        queue.Enqueue((follower.Session, follower.NextOffset, bytes));
    }

    /// <summary>The bytes that no longer are under way.</summary>
    public int Settle(FollowerProgress follower)
    {
        if (!_sent.TryGetValue(follower.Node, out var queue)) return 0;
        var freed = 0;
        while (queue.TryPeek(out var sent) && (sent.Session != follower.Session || sent.EndOffset <= follower.EndOffset)) freed += queue.Dequeue().Bytes;
        if (queue.Count == 0) _sent.Remove(follower.Node);
        return freed;
    }

    /// <summary>The node is no replica any more.</summary>
    public int Forget(int node) => _sent.Remove(node, out var queue) ? queue.Sum(sent => sent.Bytes) : 0;
}
