using ActorBroker.Network.Connections;

namespace ActorBroker.Network.Tests.Connections;

public sealed class TimingWheelTests
{
    private long _now = 1_000_000;

    [Fact]
    public void Entries_fire_when_due_and_never_before()
    {
        using var wheel = new TimingWheel(() => _now);
        var soon = new Entry();
        var later = new Entry();
        wheel.Add(soon, 100);
        wheel.Add(later, 500);
        Pass(wheel, 99);
        Assert.Equal(0, soon.Fired);
        Pass(wheel, 9);
        Assert.Equal((1, 0), (soon.Fired, later.Fired));
        Pass(wheel, 400);
        Assert.Equal((1, 1, 0), (soon.Fired, later.Fired, wheel.Count));
    }

    [Fact]
    public void Entries_beyond_one_turn_wait_for_theirs()
    {
        using var wheel = new TimingWheel(() => _now);
        var far = new Entry();
        wheel.Add(far, 60_000);
        for (var i = 0; i < 59; i++) Pass(wheel, 1000);
        Assert.Equal(0, far.Fired);
        Pass(wheel, 1009);
        Assert.Equal(1, far.Fired);
    }

    [Fact]
    public void A_cancelled_entry_does_not_fire_and_may_be_used_again()
    {
        using var wheel = new TimingWheel(() => _now);
        var entry = new Entry();
        wheel.Add(entry, 50);
        Assert.True(wheel.Cancel(entry));
        Assert.False(wheel.Cancel(entry));
        Pass(wheel, 100);
        Assert.Equal(0, entry.Fired);
        wheel.Add(entry, 0);
        Pass(wheel, 16);
        Assert.Equal(1, entry.Fired);
        Assert.False(wheel.Cancel(entry));
    }

    [Fact]
    public void A_tick_that_comes_late_fires_everything_that_is_due()
    {
        using var wheel = new TimingWheel(() => _now);
        var entries = Enumerable.Range(0, 1000).Select(_ => new Entry()).ToArray();
        for (var i = 0; i < entries.Length; i++) wheel.Add(entries[i], i * 20);
        Pass(wheel, 20_100);
        Assert.All(entries, entry => Assert.Equal(1, entry.Fired));
    }

    [Fact]
    public async Task The_clock_of_the_wheel_ticks_by_itself()
    {
        using var wheel = new TimingWheel();
        var entry = new Entry();
        wheel.Add(entry, 30);
        await entry.Done.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private void Pass(TimingWheel wheel, long ms)
    {
        _now += ms;
        wheel.OnTick();
    }

    private sealed class Entry : WheelEntry
    {
        public int Fired;

        public TaskCompletionSource Done { get; } = new();

        internal override void OnDue()
        {
            Fired++;
            Done.TrySetResult();
        }
    }
}
