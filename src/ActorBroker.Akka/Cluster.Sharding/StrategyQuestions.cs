using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The coordinator's questions to the strategy, which is not the engine's code: it may throw, and it may take its time. An answer that is
/// there at once is returned; a later one comes as a message, a failure as the answer that changes nothing.
/// </summary>
internal sealed class StrategyQuestions(IActorContext context, IShardAllocationStrategy strategy, string typeName)
{
    private readonly ILoggingAdapter _log = context.GetLogger();

    public void StartStrategy()
    {
        switch (strategy)
        {
            case IStartableAllocationStrategy startable:
                startable.Start();
                break;
            case IActorSystemDependentAllocationStrategy dependent:
                dependent.Start(context.System);
                break;
        }
    }

    public AllocationChosen? Allocate(
        string shard, IActorRef? requester, IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        var choice = Ask(() => strategy.AllocateShard(requester ?? context.System.DeadLetters, shard, regions));
        if (choice.IsCompletedSuccessfully)
            return new AllocationChosen(shard, choice.Result, requester);
        _ = choice.PipeTo(
            context.Self,
            context.Self,
            region => new AllocationChosen(shard, region, requester),
            e =>
            {
                _log.Error(e, "{0}: the strategy has failed to allocate shard [{1}]", typeName, shard);
                return new AllocationChosen(shard, null, requester);
            });
        return null;
    }

    public IImmutableSet<string>? Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> regions, IImmutableSet<string> inProgress)
    {
        var choice = Ask(() => strategy.Rebalance(regions, inProgress));
        if (choice.IsCompletedSuccessfully)
            return choice.Result;
        _ = choice.PipeTo(
            context.Self,
            context.Self,
            shards => new RebalanceChosen(shards),
            e =>
            {
                _log.Error(e, "{0}: the strategy has failed to rebalance", typeName);
                return new RebalanceChosen(ImmutableHashSet<string>.Empty);
            });
        return null;
    }

    private static Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return question();
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
