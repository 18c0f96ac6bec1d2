using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Asks the controller of the cluster through <see cref="ControllerLinkActor"/>. An answer is given when this node's image shows what was
/// decided. The number of commands that wait is bounded.
/// </summary>
public sealed class ClusterControllerClient(IActorRef link, IMetadataSource metadata, int maxWaiting, TimeProvider clock) : IController
{
    private static readonly KafkaError Overloaded =
        new(ErrorCode.RequestTimedOut, "Too many commands wait for the controller; the command was not carried out.");

    private static readonly KafkaError NotSeen = new(ErrorCode.RequestTimedOut,
        "The controller has answered, but this node has not seen the change in time; the command was carried out.");

    private int _waiting;

    public async ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(
        ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel) where TReply : ControllerReply
    {
        if (Interlocked.Increment(ref _waiting) > maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return new ControllerAnswer<TReply>(Overloaded, null);
        }
        var linked = new LinkedCommand(command, limit, clock);
        try
        {
            link.Tell(new SubmitCommand(linked), ActorRefs.NoSender);
            // The link always answers, at the limit at the latest; the second bound is for a link that has been stopped.
            var response = await linked.Answer.WaitAsync(limit + TimeSpan.FromSeconds(1), cancel).ConfigureAwait(false);
            if (response.Reply is null) return new ControllerAnswer<TReply>(response.Error, null);
            var left = linked.Left;
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
            var isSeen = await metadata.WaitForAsync(response.Offset, left, cancel).ConfigureAwait(false);
            return isSeen
                ? new ControllerAnswer<TReply>(KafkaError.None, (TReply)response.Reply)
                : new ControllerAnswer<TReply>(NotSeen, null);
        }
        catch (TimeoutException)
        {
            return new ControllerAnswer<TReply>(
                new KafkaError(ErrorCode.NotController, "This node is not connected to a controller."), null);
        }
        finally
        {
            linked.Abandon();
            Interlocked.Decrement(ref _waiting);
        }
    }
}
