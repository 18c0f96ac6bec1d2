using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>A command on its way to the controller, with whoever waits for the answer. Settled once; later tries change nothing.</summary>
public abstract class PendingCommand(ControllerCommand command)
{
    private volatile bool _isAbandoned;

    public ControllerCommand Command => command;

    /// <summary>True once nobody waits any more: it need not be decided, if it has not been.</summary>
    public virtual bool IsAbandoned => _isAbandoned;

    public void Abandon() => _isAbandoned = true;

    public abstract void Complete(ControllerReply reply, CommitPosition position);

    public abstract void Fail(KafkaError error);
}

/// <inheritdoc cref="PendingCommand"/>
public sealed class PendingCommand<TReply>(ControllerCommand<TReply> command) : PendingCommand(command) where TReply : ControllerReply
{
    private readonly TaskCompletionSource<ControllerAnswer<TReply>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ControllerAnswer<TReply>> Answer => _answer.Task;

    public override void Complete(ControllerReply reply, CommitPosition position) =>
        _answer.TrySetResult(new ControllerAnswer<TReply>(KafkaError.None, (TReply)reply));

    public override void Fail(KafkaError error) => _answer.TrySetResult(new ControllerAnswer<TReply>(error, null));
}
