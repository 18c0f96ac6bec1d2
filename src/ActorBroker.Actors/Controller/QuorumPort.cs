using System.Collections.Immutable;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Ports;
using ActorBroker.Core.Quorum;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>Describes the voters as the actor system that the node has at the moment reaches them.</summary>
public sealed class QuorumPort : IQuorumView
{
    private const string ControllerLog = "controller";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private volatile QuorumAccess? _quorum;

    /// <summary>Takes the quorum of a system, or none.</summary>
    public void Use(ActorSystem? system) => _quorum = system is null ? null : QuorumAccess.Get(system);

    public async ValueTask<QuorumDescription?> DescribeAsync(CancellationToken cancel)
    {
        if (_quorum is not { } quorum) return null;
        IReadOnlyList<QuorumStatus> answers;
        try
        {
            answers = await quorum.DescribeAsync().WaitAsync(Limit, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or QuorumException)
        {
            answers = [];
        }
        var voters = ImmutableArray.CreateBuilder<QuorumVoter>();
        long committed = -1;
        foreach (var voter in quorum.Voters.Voters)
        {
            var log = LogOf(answers, voter);
            voters.Add(new QuorumVoter(voter.Id, voter.FileId, log?.Last.SequenceNr ?? -1));
            committed = Math.Max(committed, log?.Committed ?? -1);
        }
        return new QuorumDescription(committed, voters.ToImmutable());
    }

    private static LogStatus? LogOf(IReadOnlyList<QuorumStatus> answers, Voter voter)
    {
        foreach (var answer in answers)
        {
            if (answer.NodeId != voter.Id || answer.FileId != voter.FileId) continue;
            foreach (var log in answer.Logs)
                if (log.Log == ControllerLog) return log;
        }
        return null;
    }
}
