using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// DeleteRecords that the leader has done and that wait for the replicas (R46): each is answered when the log of every replica that is up
/// begins where it should. Runs on the leader actor's turn. Who asked may have gone meanwhile; what is left behind is dropped at the next
/// turn.
/// </summary>
internal sealed class DeleteWaits
{
    private readonly List<(long Offset, DeleteRecords Delete)> _waiting = [];

    public bool Any => _waiting.Count > 0;

    /// <summary>Where the logs must begin for all of them to be answered.</summary>
    public long Highest => _waiting.Max(wait => wait.Offset);

    public void Add(long offset, DeleteRecords delete) => _waiting.Add((offset, delete));

    /// <summary>Answers those that <paramref name="lowWatermark"/> satisfies.</summary>
    public void Settle(long lowWatermark)
    {
        foreach (var (offset, delete) in _waiting)
            if (offset <= lowWatermark) delete.Reply.TrySetResult(new DeleteRecordsResult(ErrorCode.None, lowWatermark));
        _waiting.RemoveAll(wait => wait.Delete.Reply.Task.IsCompleted);
    }

    public void Fail(ErrorCode error)
    {
        foreach (var (_, delete) in _waiting) delete.Reply.TrySetResult(new DeleteRecordsResult(error, -1));
        _waiting.Clear();
    }
}
