using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Asks the controller of this node. The controller answers after it has published the image, so an answer is visible here.
/// </summary>
public sealed class ControllerClient(ControllerInbox inbox) : IController
{
    private static readonly KafkaError Overloaded =
        new(ErrorCode.RequestTimedOut, "Too many commands wait for the controller; the command was not carried out.");

    private static readonly KafkaError TimedOut =
        new(ErrorCode.RequestTimedOut, "The controller did not answer in time; it is unknown whether the command was carried out.");

    public async ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(
        ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel) where TReply : ControllerReply
    {
        var pending = new PendingCommand<TReply>(command);
        if (!inbox.TryAdd(pending)) return new ControllerAnswer<TReply>(Overloaded, null);
        try
        {
            return await pending.Answer.WaitAsync(limit, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return pending.Answer.IsCompleted ? await pending.Answer.ConfigureAwait(false) : new ControllerAnswer<TReply>(TimedOut, null);
        }
        finally
        {
            pending.Abandon();
        }
    }
}
