using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Who is fenced when the membership changes.</summary>
public class FencingReconcilerTests
{
    private readonly ControllerFixture _controller = new(brokers: 0);

    public FencingReconcilerTests()
    {
        for (var id = 1; id <= 3; id++)
        {
            _controller.Do(Registration(id, IncarnationOf(id)) with { Lanes = new LaneAddresses($"n{id}", 4051, 4052) });
            _controller.Do(new FenceBroker(id, IncarnationOf(id), false));
        }
    }

    private static HashSet<MemberAddress> Members(params int[] ids) => [.. ids.Select(id => new MemberAddress($"n{id}", 4051))];

    [Fact]
    public void A_broker_without_a_member_is_fenced_under_its_incarnation()
    {
        Assert.Empty(FencingReconciler.Reconcile(_controller.Image, Members(1, 2, 3)));
        Assert.Equal([new FenceBroker(2, IncarnationOf(2), true)], FencingReconciler.Reconcile(_controller.Image, Members(1, 3)));
    }

    [Fact]
    public void A_fenced_broker_is_not_fenced_again()
    {
        _controller.Do(new FenceBroker(2, IncarnationOf(2), true));
        Assert.Empty(FencingReconciler.Reconcile(_controller.Image, Members(1, 3)));
    }

    [Fact]
    public void A_broker_that_is_alone_has_no_members_and_stays()
    {
        _controller.Join(4);
        Assert.Empty(FencingReconciler.Reconcile(_controller.Image, Members(1, 2, 3)));
        Assert.True(FencingReconciler.MayOpen(_controller.Image, 4, Members()));
    }

    [Fact]
    public void Only_a_member_may_open()
    {
        Assert.True(FencingReconciler.MayOpen(_controller.Image, 2, Members(2)));
        Assert.False(FencingReconciler.MayOpen(_controller.Image, 2, Members(1, 3)));
    }
}
