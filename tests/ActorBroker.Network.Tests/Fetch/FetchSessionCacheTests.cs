using System.Buffers.Binary;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Fetch;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Fetch;

public sealed class FetchSessionCacheTests
{
    private readonly FetchSessionCache _cache = new(maxSessions: 2, evictionMs: 1000, maxPartitions: 100);

    [Fact]
    public void A_new_session_expects_epoch_1_next_and_then_counts_up()
    {
        var session = Open(partitions: 1, now: 0);
        Assert.Equal(1, session.Epoch);
        Assert.Same(session, _cache.Resolve(session.Id, 1, false, 0, 5).Session);
        Assert.Equal((2, 5), (session.Epoch, session.LastUsedMs));
    }

    [Fact]
    public void Epochs_wrap_to_1()
    {
        Assert.Equal(1, FetchSessionCache.NextEpoch(int.MaxValue));
        Assert.Equal(8, FetchSessionCache.NextEpoch(7));
    }

    [Fact]
    public void A_full_cache_gives_no_session_to_a_newcomer_that_is_not_larger()
    {
        Open(1, 0);
        Open(1, 0);
        Assert.Equal(default, _cache.Resolve(0, 0, false, 1, 500));
        Assert.Equal(2, _cache.Count);
    }

    [Fact]
    public void A_session_unused_for_long_makes_room()
    {
        var first = Open(1, 0);
        Open(1, 900);
        Assert.NotNull(_cache.Resolve(0, 0, false, 0, 1001).Session);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, _cache.Resolve(first.Id, 1, false, 0, 1001).Error);
        Assert.Equal(1, _cache.Evictions);
    }

    [Fact]
    public void A_larger_newcomer_takes_the_slot_of_a_small_session_that_is_not_new()
    {
        var first = Open(1, 0);
        var second = Open(1, 0);
        _cache.Resolve(first.Id, 1, false, 0, 1500);
        _cache.Resolve(second.Id, 1, false, 0, 1500);
        first.Leave();
        second.Leave();
        Assert.Null(_cache.Resolve(0, 0, false, 0, 1600).Session);
        Assert.NotNull(_cache.Resolve(0, 0, false, 9, 1600).Session);
    }

    [Fact]
    public void Epoch_0_and_minus_1_close_the_session_they_name()
    {
        var session = Open(1, 0);
        Assert.Equal(default, _cache.Resolve(session.Id, -1, false, 1, 1));
        Assert.Equal(0, _cache.Count);
        var another = Open(1, 0);
        var renewed = _cache.Resolve(another.Id, 0, false, 1, 1);
        Assert.NotEqual(another.Id, renewed.Session!.Id);
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void A_session_in_use_is_not_given_to_a_second_request()
    {
        var session = Open(1, 0);
        Assert.Equal(ErrorCode.None, _cache.Resolve(session.Id, 1, false, 0, 1).Error);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, _cache.Resolve(session.Id, 2, false, 0, 1).Error);
        session.Leave();
        Assert.Equal(ErrorCode.None, _cache.Resolve(session.Id, 2, false, 0, 1).Error);
    }

    [Fact]
    public void Sessions_share_a_limit_of_partitions()
    {
        Assert.NotNull(_cache.Resolve(0, 0, false, 60, 0).Session);
        Assert.Null(_cache.Resolve(0, 0, false, 101, 0).Session);
    }

    [Fact]
    public void A_session_dropped_while_in_use_unregisters_when_its_request_ends()
    {
        using var pool = new PoolOfTest();
        var partition = new FakePartition("t", Uuid.NewRandom(), 0, pool.Pool);
        var session = _cache.Resolve(0, 0, false, 1, 0).Session!;
        session.ApplyFull(View(FetchTests.Request(12, partition, (0, 0)), out var frame), frame);
        session.Attach(session.Order[0], partition);
        _cache.Resolve(session.Id, -1, false, 0, 0);
        Assert.Equal(1, partition.Listeners);
        session.Leave();
        Assert.Equal(0, partition.Listeners);
    }

    [Fact]
    public void A_session_unused_for_long_listens_no_more_and_looks_at_everything_when_it_wakes()
    {
        using var pool = new PoolOfTest();
        var partition = new FakePartition("t", Uuid.NewRandom(), 0, pool.Pool);
        var session = _cache.Resolve(0, 0, false, 2, 0).Session!;
        session.ApplyFull(View(FetchTests.Request(12, partition, (0, 0), (1, 0)), out var frame), frame);
        foreach (var slot in session.Order)
        {
            session.Attach(slot, partition);
            slot.HasMore = false;
        }

        session.Retire();
        Assert.Empty(session.Active);
        _cache.DozeOff(5000);
        Assert.Equal(2, partition.Listeners);
        session.Leave();
        _cache.DozeOff(900);
        Assert.Equal(2, partition.Listeners);
        _cache.DozeOff(5000);
        Assert.Equal(0, partition.Listeners);
        Assert.Same(session, _cache.Resolve(session.Id, 1, false, 0, 5001).Session);
        session.ApplyIncremental(View(new FetchRequest(), out frame), frame);
        Assert.Equal(2, session.Active.Count);
    }

    [Fact]
    public async Task Advances_from_many_threads_lose_no_wake_up()
    {
        using var pool = new PoolOfTest();
        var partitions = Enumerable.Range(0, 8).Select(index => new FakePartition("t", Uuid.Zero, index, pool.Pool)).ToArray();
        var session = _cache.Resolve(0, 0, false, 8, 0).Session!;
        var wanted = Enumerable.Range(0, 8).Select(index => (index, 0L)).ToArray();
        session.ApplyFull(View(FetchTests.Request(12, partitions[0], wanted), out var frame), frame);
        foreach (var slot in session.Order) session.Attach(slot, partitions[slot.Partition]);
        IWatermarkListener listener = session;
        const int rounds = 2000;
        var seen = new int[8];
        var produced = new int[8];
        var writers = Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                Interlocked.Increment(ref produced[index]);
                listener.OnAdvanced(session.Order[index].Tag);
                if (i % 64 == 0) await Task.Yield();
            }
        })).ToArray();
        var reader = Task.Run(async () =>
        {
            while (seen.Sum() < 8 * rounds)
            {
                await session.WaitAsync();
                session.CollectDirty();
                for (var i = 0; i < 8; i++) seen[i] = Volatile.Read(ref produced[i]);
            }
        });
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(30));
        await reader.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private FetchSession Open(int partitions, long now)
    {
        var session = _cache.Resolve(0, 0, false, partitions, now).Session!;
        session.Leave();
        return session;
    }

    private static FetchRequestView View(FetchRequest request, out byte[] frame)
    {
        var bytes = TestClient.Frame(ApiKey.Fetch, 12, 1, request);
        frame = bytes[4..];
        Assert.Equal(frame.Length, BinaryPrimitives.ReadInt32BigEndian(bytes));
        var reader = new WireReader(frame);
        RequestHeader.Read(ref reader);
        var view = new FetchRequestView();
        view.Parse(frame, reader.Position, 12);
        return view;
    }
}
