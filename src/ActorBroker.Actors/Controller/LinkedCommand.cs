using ActorBroker.Core.Controller;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// A command of this node on its way to a controller on another. Until it is sent it can still be refused for good; from then on its outcome
/// is unknown unless an answer says it.
/// </summary>
internal sealed class LinkedCommand(ControllerCommand command, TimeSpan limit, TimeProvider clock)
{
    private readonly TaskCompletionSource<ControllerResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = clock.GetTimestamp();
    private volatile bool _isAbandoned;

    public ControllerCommand Command => command;

    public Task<ControllerResponse> Answer => _answer.Task;

    public bool IsSent { get; set; }

    /// <summary>True once nobody waits any more.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>What is left of the limit.</summary>
    public TimeSpan Left => limit - clock.GetElapsedTime(_began);

    public void Abandon() => _isAbandoned = true;

    public void Settle(ControllerResponse response) => _answer.TrySetResult(response);

    public void Fail(KafkaError error) => Settle(new ControllerResponse(0, 0, -1, error, null));
}
