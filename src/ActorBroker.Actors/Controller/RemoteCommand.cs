using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// A command that came from a node; settled by a message to whoever asked. It is abandoned when the asker's limit has passed: he has said by
/// then that he does not know the outcome.
/// </summary>
internal sealed class RemoteCommand(ControllerRequest request, IActorRef asker, IActorRef controller, TimeProvider clock)
    : PendingCommand(request.Command)
{
    private readonly long _arrived = clock.GetTimestamp();

    public override bool IsAbandoned => clock.GetElapsedTime(_arrived).TotalMilliseconds > request.LimitMs;

    public override void Complete(ControllerReply reply, CommitPosition position) =>
        Answer(new ControllerResponse(request.Correlation, position.Term, position.Offset, KafkaError.None, reply));

    public override void Fail(KafkaError error) => Answer(new ControllerResponse(request.Correlation, 0, -1, error, null));

    private void Answer(ControllerResponse response) => asker.Tell(response, controller);
}
