using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class PathTests : ActorTest
{
    [Fact]
    public void An_address_is_parsed_and_printed()
    {
        var remote = Address.Parse("akka.tcp://sys@HOST:2552");
        Assert.Equal(("akka.tcp", "sys", "host", 2552), (remote.Protocol, remote.System, remote.Host, remote.Port));
        Assert.True(remote.HasGlobalScope);
        Assert.Equal("akka.tcp://sys@host:2552", remote.ToString());
        Assert.True(Address.Parse("akka://sys").HasLocalScope);
        Assert.Equal(remote, new Address("akka.tcp", "sys", "host", 2552));
        Assert.NotEqual(remote, remote.WithPort(1));
    }

    [Fact]
    public void A_path_is_parsed_and_printed()
    {
        var path = ActorPath.Parse("akka.tcp://sys@host:2552/user/a/b#42");
        Assert.Equal(["user", "a", "b"], path.Elements);
        Assert.Equal("b", path.Name);
        Assert.Equal(42, path.Uid);
        Assert.Equal("/user/a/b", path.ToStringWithoutAddress());
        Assert.Equal("akka.tcp://sys@host:2552/user/a/b#42", path.ToSerializationFormat());
        Assert.Equal("akka.tcp://sys@host:2552/user/a/b", path.ToString());
        Assert.Equal(path.Parent / "b", path);
        Assert.Equal("akka.tcp://sys@host:2552/user/a", path.Parent.ToString());
        Assert.False(ActorPath.TryParse("no path", out _));
    }

    [Fact]
    public void A_local_path_gets_the_address_that_it_is_printed_with()
    {
        var path = new RootActorPath(new Address("akka", "sys")) / "user" / "a";
        Assert.Equal("akka.tcp://sys@host:1/user/a", path.ToStringWithAddress(new Address("akka.tcp", "sys", "host", 1)));
    }

    [Fact]
    public void A_reference_is_found_by_its_path()
    {
        var actor = Start((_, _) => { }, "known");
        var provider = ((ExtendedActorSystem)System).Provider;
        Assert.Equal(actor, provider.ResolveActorRef(actor.Path.ToSerializationFormat()));
        Assert.Equal(actor, provider.ResolveActorRef("akka://test/user/known"));
        Assert.NotEqual(actor, provider.ResolveActorRef("akka://test/user/known#1"));
        Assert.NotEqual(actor, provider.ResolveActorRef("akka://test/user/unknown"));
    }

    [Fact]
    public async Task A_selection_delivers_by_path()
    {
        var probe = NewProbe();
        var parent = Start((context, m) =>
        {
            context.ActorOf(FunctionActor.Props((c, n) => probe.Ref.Tell($"{c.Self.Path.Name} {n}")), (string)m);
            context.Sender.Tell("made");
        }, "mum");
        await parent.Ask("a1", Patience);
        await parent.Ask("a2", Patience);
        await parent.Ask("b1", Patience);
        System.ActorSelection("/user/mum/a1").Tell("x");
        await probe.Expect("a1 x");
        System.ActorSelection("akka://test/user/mum/b1").Tell("x");
        await probe.Expect("b1 x");
        System.ActorSelection("/user/mum/a1/../b1").Tell("x");
        await probe.Expect("b1 x");
        System.ActorSelection("/user/mum/a*").Tell("y");
        Assert.Equal(["a1 y", "a2 y"], new[] { (string)await probe.Next(), (string)await probe.Next() }.Order());
        System.ActorSelection("/user/mum/?1").Tell("z");
        Assert.Equal(["a1 z", "b1 z"], new[] { (string)await probe.Next(), (string)await probe.Next() }.Order());
    }

    [Fact]
    public async Task A_relative_selection_starts_at_the_actor()
    {
        var probe = NewProbe();
        Start((_, m) => probe.Ref.Tell(m), "brother");
        Start((context, m) => context.ActorSelection("../brother").Tell(m), "sister").Tell("hi");
        await probe.Expect("hi");
    }

    [Fact]
    public async Task ResolveOne_finds_the_actor_or_fails()
    {
        var actor = Start((_, _) => { }, "known");
        Assert.Equal(actor, await System.ActorSelection("/user/known").ResolveOne(Patience));
        await Assert.ThrowsAsync<ActorNotFoundException>(() => System.ActorSelection("/user/unknown").ResolveOne(Patience));
    }

    [Fact]
    public async Task Identify_is_answered()
    {
        var actor = Start((_, _) => { });
        var identity = await actor.Ask<ActorIdentity>(new Identify("id"), Patience);
        Assert.Equal("id", identity.MessageId);
        Assert.Equal(actor, identity.Subject);
    }

    [Fact]
    public async Task A_selection_that_leads_nowhere_is_a_dead_letter()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        System.ActorSelection("/user/unknown").Tell("lost");
        Assert.Equal("lost", (await probe.Expect<DeadLetter>()).Message);
    }
}
