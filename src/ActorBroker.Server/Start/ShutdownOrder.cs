using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Network;
using Akka;
using Akka.Actor;

namespace ActorBroker.Server.Start;

/// <summary>
/// How a node stops, as tasks of Akka's coordinated shutdown: the gateway closes its listeners and connections, groups end with their
/// partitions, leaders give
/// their logs back, logs are closed with checkpoints and the clean-shutdown marker, then the actor system ends. Whatever starts the
/// shutdown, a signal or Akka
/// itself, the order is this.
/// </summary>
internal sealed class ShutdownOrder
{
    private static readonly TimeSpan s_gatewayLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_replicasLimit = TimeSpan.FromMinutes(5);

    private readonly CoordinatedShutdown _coordinated;
    private volatile bool _replicasClosed;

    /// <param name="registration">Of a node in a cluster: its leaderships move to others before the gateway closes, and it leaves the in-sync
    /// replicas before its logs do.</param>
    public ShutdownOrder(NodeActors actors, Gateway gateway, GroupSlice groups, NodeRegistration? registration)
    {
        _coordinated = CoordinatedShutdown.Get(actors.System);
        if (registration is not null) AddDeparture(actors, registration);
        _coordinated.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "gateway", async () =>
        {
            await gateway.StopAsync(s_gatewayLimit).ConfigureAwait(false);
            return Done.Instance;
        });
        _coordinated.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "groups", async () =>
        {
            await groups.StopAsync().ConfigureAwait(false);
            return Done.Instance;
        });
        _coordinated.AddTask(CoordinatedShutdown.PhaseServiceStop, "replicas", async () =>
        {
            await actors.StopReplicasAsync(s_replicasLimit).ConfigureAwait(false);
            _replicasClosed = true;
            return Done.Instance;
        });
    }

    private void AddDeparture(NodeActors actors, NodeRegistration registration)
    {
        _coordinated.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain", async () =>
        {
            await Bounded(registration.DrainAsync).ConfigureAwait(false);
            await actors.WaitForNoLeadersAsync(s_drainLimit).ConfigureAwait(false);
            return Done.Instance;
        });
        _coordinated.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "close", async () =>
        {
            await Bounded(registration.CloseAsync).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    /// <summary>Without a controller the node stops all the same.</summary>
    private static async Task Bounded<T>(Func<CancellationToken, Task<T>> ask)
    {
        using var limit = new CancellationTokenSource(s_drainLimit);
        try
        {
            await ask(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Runs the whole order; true when the logs were closed cleanly.</summary>
    public async Task<bool> RunAsync()
    {
        await _coordinated.Run(StopRequested.Instance, null).ConfigureAwait(false);
        return _replicasClosed;
    }

    /// <summary>An operator asked the node to stop.</summary>
    private sealed class StopRequested : CoordinatedShutdown.Reason
    {
        public static readonly StopRequested Instance = new();
    }
}
