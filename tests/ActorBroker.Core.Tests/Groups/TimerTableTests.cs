using ActorBroker.Core.Groups;

namespace ActorBroker.Core.Tests.Groups;

public sealed class TimerTableTests
{
    private readonly TimerTable _table = new();

    [Fact]
    public void Timers_come_due_in_the_order_of_their_deadlines()
    {
        _table.Start(GroupTimer.Session("b"), 20);
        _table.Start(GroupTimer.Session("a"), 10);
        _table.Start(GroupTimer.Join, 30);
        Assert.Equal(10, _table.NextDeadlineMs);
        Assert.Equal([GroupTimer.Session("a"), GroupTimer.Session("b")], Due(20));
        Assert.Equal([GroupTimer.Join], Due(100));
        Assert.Null(_table.NextDeadlineMs);
    }

    [Fact]
    public void A_timer_that_was_moved_ahead_fires_once_at_its_new_time()
    {
        _table.Start(GroupTimer.Join, 10);
        _table.Start(GroupTimer.Join, 30);
        Assert.Empty(Due(20));
        Assert.Equal([GroupTimer.Join], Due(30));
        Assert.Empty(Due(1_000));
    }

    [Fact]
    public void A_timer_that_was_moved_back_fires_once_at_its_new_time()
    {
        _table.Start(GroupTimer.Join, 30);
        _table.Start(GroupTimer.Join, 10);
        Assert.Equal([GroupTimer.Join], Due(10));
        Assert.Empty(Due(1_000));
    }

    [Fact]
    public void A_cancelled_timer_never_fires_but_may_start_again()
    {
        _table.Start(GroupTimer.Join, 10);
        _table.Cancel(GroupTimer.Join);
        _table.Start(GroupTimer.Join, 40);
        Assert.Empty(Due(39));
        Assert.Equal([GroupTimer.Join], Due(40));
    }

    [Fact]
    public void Many_moves_agree_with_a_plain_dictionary()
    {
        var random = new Random(7);
        var model = new Dictionary<GroupTimer, long>();
        for (var now = 0L; now < 20_000; now++)
        {
            var timer = GroupTimer.Session(random.Next(20).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (random.Next(4) == 0)
            {
                _table.Cancel(timer);
                model.Remove(timer);
            }
            else
            {
                model[timer] = now + random.Next(1, 50);
                _table.Start(timer, model[timer]);
            }

            var due = model.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToHashSet();
            Assert.Equal(due, Due(now).ToHashSet());
            foreach (var key in due) model.Remove(key);
            Assert.Equal(model.Count, _table.Count);
        }
    }

    private List<GroupTimer> Due(long nowMs)
    {
        var due = new List<GroupTimer>();
        while (_table.TryTakeDue(nowMs, out var timer)) due.Add(timer);
        return due;
    }
}
