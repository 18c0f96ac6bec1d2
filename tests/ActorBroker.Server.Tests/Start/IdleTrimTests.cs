using ActorBroker.Server.Start;

namespace ActorBroker.Server.Tests.Start;

public sealed class IdleTrimTests
{
    [Fact]
    public void A_node_is_trimmed_when_it_has_been_quiet_and_garbage_has_gathered_and_not_again_before_there_is_more()
    {
        using var trim = new IdleTrim(1000);
        Assert.False(trim.IsDue(TimeSpan.FromMilliseconds(5), 5000)); // quiet for one tick only
        Assert.False(trim.IsDue(TimeSpan.FromMilliseconds(500), 5000)); // busy
        Assert.False(trim.IsDue(TimeSpan.FromMilliseconds(505), 5000));
        Assert.True(trim.IsDue(TimeSpan.FromMilliseconds(510), 5000));
        trim.Trimmed(TimeSpan.FromMilliseconds(600), 5000);
        Assert.False(trim.IsDue(TimeSpan.FromMilliseconds(605), 5999));
        Assert.True(trim.IsDue(TimeSpan.FromMilliseconds(610), 6000));
    }
}
