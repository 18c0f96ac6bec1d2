using System.Collections.Immutable;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Ports;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>Describes and changes the voters as the actor system that the node has at the moment reaches them.</summary>
public sealed class QuorumPort : IQuorumView, IQuorumVoters
{
    private const string ControllerLog = "controller";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(25);

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

    public async ValueTask<KafkaError> AddSelfAsync(CancellationToken cancel)
    {
        if (_quorum is not { } quorum) return Alone();
        if (quorum.IsVoter) return new KafkaError(ErrorCode.DuplicateVoter, $"Node {quorum.NodeId} is a voter already.");
        var self = new Voter(quorum.NodeId, quorum.Standing.FileId, quorum.Address.Host, quorum.Address.Port);
        return await ChangeAsync(quorum, new AddVoter(self), cancel).ConfigureAwait(false);
    }

    public async ValueTask<KafkaError> RemoveAsync(int nodeId, Uuid fileId, CancellationToken cancel)
    {
        if (_quorum is not { } quorum) return Alone();
        if (quorum.Voters.Find(nodeId) is not { } voter || (fileId != Uuid.Zero && fileId != voter.FileId))
            return new KafkaError(ErrorCode.VoterNotFound, $"There is no voter {nodeId}{(fileId == Uuid.Zero ? "" : $" with file {fileId}")}.");
        if (quorum.Voters.Voters.Length == 1) return new KafkaError(ErrorCode.InvalidRequest, "The only voter cannot be taken out.");
        return await ChangeAsync(quorum, new RemoveVoter(nodeId), cancel).ConfigureAwait(false);
    }

    private static KafkaError Alone() => new(ErrorCode.InvalidRequest, "This node stands alone: it is its own quorum.");

    private static async Task<KafkaError> ChangeAsync(QuorumAccess quorum, VoterChange change, CancellationToken cancel)
    {
        try
        {
            await quorum.ChangeVotersAsync(change).WaitAsync(ChangeLimit, cancel).ConfigureAwait(false);
            return KafkaError.None;
        }
        catch (TimeoutException)
        {
            return new KafkaError(ErrorCode.RequestTimedOut, $"The voters have not agreed within {ChangeLimit.TotalSeconds:0} s; the change may still happen.");
        }
        catch (QuorumException failure)
        {
            return new KafkaError(ErrorCode.InvalidRequest, $"The voters were not changed: {failure.Message}");
        }
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
