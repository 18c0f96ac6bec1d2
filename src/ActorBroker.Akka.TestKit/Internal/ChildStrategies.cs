using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>A supervisor strategy for each child; the default one for those that were given none.</summary>
internal sealed class ChildStrategies(IReadOnlyDictionary<IActorRef, SupervisorStrategy> strategies) : SupervisorStrategy
{
    public override IDecider Decider => DefaultStrategy.Decider;

    internal override void ProcessFailure(
        ActorCell cell, bool restart, ChildStats child, Exception cause, IReadOnlyCollection<ChildStats> children) =>
        For(child.Ref).ProcessFailure(cell, restart, child, cause, children);

    protected override Directive Handle(IActorRef child, Exception exception) => For(child).Decider.Decide(exception);

    private SupervisorStrategy For(IActorRef child) => strategies.GetValueOrDefault(child, DefaultStrategy);
}
