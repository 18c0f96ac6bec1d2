using ActorBroker.Core.Controller;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Cluster;

/// <summary>
/// Begins moves of replicas, a few partitions at a time, and waits for them. A move is over when the metadata show the wanted replicas, in
/// their order, all in sync; so metadata from before the move are never taken for its end. Progress goes to standard error.
/// </summary>
internal sealed class MoveWatch(CommandContext context)
{
    /// <summary>Partitions on the move at once: enough to keep the network busy, few enough to leave it to clients too.</summary>
    private const int AtOnce = 32;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private string _said = "";

    /// <summary>Carries out all moves and gives leadership to the preferred replicas.</summary>
    public async Task RunAsync(IReadOnlyList<PlacedPartition> moves, CancellationToken cancel)
    {
        var waiting = new Queue<PlacedPartition>(moves);
        var moving = new List<PlacedPartition>();
        while (waiting.Count > 0 || moving.Count > 0)
        {
            var batch = new List<PlacedPartition>();
            while (moving.Count + batch.Count < AtOnce && waiting.TryDequeue(out var next)) batch.Add(next);
            if (batch.Count > 0) await context.Client.MoveAsync(batch, cancel).ConfigureAwait(false);
            moving.AddRange(batch);
            var cluster = await context.Client.AllTopicsAsync(cancel).ConfigureAwait(false);
            moving.RemoveAll(move => HasEnded(cluster, move));
            Say($"{moves.Count - moving.Count - waiting.Count} of {moves.Count} partitions moved");
            if (moving.Count > 0) await Task.Delay(s_pause, cancel).ConfigureAwait(false);
        }

        await context.Client.ElectPreferredAsync(moves.Select(move => new TopicPartition(move.Topic, move.Partition)), cancel).ConfigureAwait(false);
    }

    /// <summary>Asks again and again until there is nothing left to wait for; the answer is a line for the operator, or null.</summary>
    public async Task UntilAsync(Func<CancellationToken, Task<string?>> left, CancellationToken cancel)
    {
        while (await left(cancel).ConfigureAwait(false) is { } text)
        {
            Say(text);
            await Task.Delay(s_pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A line of progress, when it says something new.</summary>
    public void Say(string text)
    {
        if (text == _said) return;
        _said = text;
        context.Error.WriteLine(text);
        context.Error.Flush();
    }

    /// <summary>A topic that was deleted meanwhile has nothing to move any more.</summary>
    private static bool HasEnded(ClusterSnapshot cluster, PlacedPartition move) =>
        cluster.Topics.GetValueOrDefault(move.Topic)?.Find(move.Partition) is not { } partition
        || (partition.Replicas.SequenceEqual(move.Replicas) && !partition.IsUnderReplicated);
}
