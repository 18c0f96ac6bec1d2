using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

public sealed class ClockTests : IAsyncLifetime
{
    private readonly SetClock _clock = new();
    private readonly ReplicaCluster _cluster;

    public ClockTests() => _cluster = new ReplicaCluster { Clock = _clock };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task An_acknowledgement_is_waited_for_as_long_as_was_asked_whatever_the_wall_clock_is_set_to(int days)
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        _cluster.CutOff(1);
        var early = leader.AppendAsync(1, timeoutMs: 500);
        var late = leader.AppendAsync(1, timeoutMs: 600_000);
        await _cluster.Until(() => leader.Led!.View.LogEndOffset == 3, "both are appended");
        _clock.Set(TimeSpan.FromDays(days));
        Assert.Equal(ErrorCode.RequestTimedOut, (await early).Error);
        Assert.False(late.IsCompleted);
        _cluster.Heal();
        Assert.Equal(ErrorCode.None, (await late).Error);
    }
}
