using ActorBroker.Core.Controller;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>Asks the controller, wherever in the cluster it runs.</summary>
public interface IController
{
    /// <summary>
    /// Submits a command. The answer comes when what was decided is committed and this node's image shows it. When the limit passes first
    /// the error is REQUEST_TIMED_OUT and the outcome unknown; when there is no controller to ask, NOT_CONTROLLER. Never throws but for
    /// cancellation.
    /// </summary>
    ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel)
        where TReply : ControllerReply;
}

/// <summary>A reply, or the reason why there is none.</summary>
public readonly record struct ControllerAnswer<TReply>(KafkaError Error, TReply? Reply) where TReply : ControllerReply
{
    public bool IsAnswered => Reply is not null;
}
