using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Tests.Partitions;

public sealed class HandoverQueueTests
{
    [Fact]
    public void What_was_pushed_comes_out_oldest_first()
    {
        var queue = AppendQueues.New();
        var requests = Enumerable.Range(0, 5).Select(i => new Numbered(0, i)).ToList();
        Assert.Equal([true, false, false, false, false], requests.Select(request => queue.TryPush(request, out var wasEmpty) && wasEmpty));
        Assert.Equal([0, 1, 2, 3, 4], Chain(queue.TakeAll()).Select(request => request.Number));
        Assert.Null(queue.TakeAll());
    }

    [Fact]
    public void A_closed_queue_gives_back_what_waited_and_takes_nothing_more()
    {
        var queue = AppendQueues.New();
        queue.TryPush(new Numbered(0, 1), out _);
        Assert.Single(Chain(queue.Close()));
        Assert.False(queue.TryPush(new Numbered(0, 2), out _));
        Assert.Null(queue.TakeAll());
        Assert.Null(queue.Close());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_request_is_forgotten_or_overtaken_however_pushes_and_takes_meet(int writers)
    {
        const int each = 20_000;
        var queue = AppendQueues.New();
        using var bell = new SemaphoreSlim(0);
        var next = new int[writers];
        var taker = Task.Run(async () =>
        {
            for (var taken = 0; taken < writers * each;)
            {
                Assert.True(await bell.WaitAsync(TimeSpan.FromSeconds(20)), "nobody rang although requests are missing");
                foreach (var request in Chain(queue.TakeAll()))
                {
                    Assert.Equal(next[request.Writer]++, request.Number);
                    taken++;
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                if (queue.TryPush(new Numbered(writer, i), out var wasEmpty) && wasEmpty) bell.Release();
        })));
        await taker;
    }

    private static IEnumerable<Numbered> Chain(AppendRequest? first)
    {
        for (var request = first; request is not null;)
        {
            var next = request.Next;
            yield return (Numbered)request;
            request = next;
        }
    }

    private sealed class Numbered(int writer, int number) : AppendRequest
    {
        public int Writer => writer;
        public int Number => number;

        public override void Complete(in AppendResult result) => throw new InvalidOperationException("The queue settles nothing.");
    }
}
