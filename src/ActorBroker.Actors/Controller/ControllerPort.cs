using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// The controller as the rest of the node asks it. What stands behind it changes when the node's actor systems are made anew; between two of
/// them there is no controller to ask, and nothing was carried out.
/// </summary>
public sealed class ControllerPort : IController
{
    private static readonly KafkaError None =
        new(ErrorCode.NotController, "This node is not connected to a controller at the moment; the command was not carried out.");

    private volatile IController? _current;

    public void Use(IController? controller) => _current = controller;

    public ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(
        ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel) where TReply : ControllerReply =>
        _current is { } controller
            ? controller.SubmitAsync(command, limit, cancel)
            : new ValueTask<ControllerAnswer<TReply>>(new ControllerAnswer<TReply>(None, null));
}
