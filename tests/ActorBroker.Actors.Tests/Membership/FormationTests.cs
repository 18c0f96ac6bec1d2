using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Membership;
using ActorBroker.Core.Membership;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Membership;

public sealed class FormationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_node_that_has_formed_a_cluster_to_which_nobody_comes_gives_it_up()
    {
        var lanes = new LaneSettings(1, true, "127.0.0.1", 0, "127.0.0.1", "127.0.0.1", 0);
        var config = ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }")
            .WithFallback(ClusterConfig.Control(lanes)).WithFallback(ClusterConfig.Reference());
        var membership = new MembershipSetup(1, new WatchSettings { IntervalMs = 20, AloneAfterMs = 200 }, () => [1, 2, 3]);
        var given = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        membership.Forms(reason => given.TrySetResult(reason));
        var system = ActorSystem.Create("actorbroker", BootstrapSetup.Create().WithConfig(config).And(membership));
        try
        {
            var cluster = Cluster.Get(system);
            cluster.Join(cluster.SelfAddress);
            Assert.Contains("no majority of the voters has joined within 200 ms", await given.Task.WaitAsync(Limit), StringComparison.Ordinal);
        }
        finally
        {
            await system.Terminate().WaitAsync(Limit);
        }
    }
}
