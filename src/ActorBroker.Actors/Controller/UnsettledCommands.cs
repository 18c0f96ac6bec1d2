using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Commands that were decided and being written when the voters changed, or the ballot was taken. Whether the write was committed says the log that the next
/// controller on this node adopts: until that is known nobody is told anything, and then every command is either answered as it was decided
/// or decided anew. So a change of the voters fails no command.
///
/// The adopted log tells it only while nobody else has had the role: it ends in the same term, and then what lies beyond its end was never
/// committed and never will be; or it ends before that term, of which nothing was written then. Otherwise the outcome stays unknown.
/// </summary>
internal sealed class UnsettledCommands(int controllerId, int controllerEpoch, IReadOnlyList<DecidedCommand> commands)
{
    public static readonly KafkaError OutcomeUnknown =
        new(ErrorCode.RequestTimedOut, "The controller's journal failed; it is unknown whether the command was carried out.");

    /// <summary>Answers what is committed in the recovered image; gives back what has to be decided anew, in its order.</summary>
    public IReadOnlyList<PendingCommand> Settle(MetadataImage recovered)
    {
        var isSameTerm = recovered.ControllerId == controllerId && recovered.ControllerEpoch == controllerEpoch;
        if (!isSameTerm && recovered.ControllerEpoch >= controllerEpoch)
        {
            Fail(OutcomeUnknown);
            return [];
        }

        var position = new CommitPosition(recovered.ControllerEpoch, recovered.Offset);
        var again = new List<PendingCommand>();
        foreach (var decided in commands)
        {
            if (isSameTerm && decided.Offset <= recovered.Offset) decided.Command.Complete(decided.Reply, position);
            else if (!decided.Command.IsAbandoned) again.Add(decided.Command);
        }

        return again;
    }

    public void Fail(KafkaError error)
    {
        foreach (var decided in commands) decided.Command.Fail(error);
    }
}
