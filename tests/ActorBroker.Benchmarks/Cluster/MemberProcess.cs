using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorBroker.Benchmarks.Cluster;

/// <summary>One node: says when it knows everybody as Up, and leaves when its input ends.</summary>
internal static class MemberProcess
{
    public const string Up = "up";

    private const string Config = """
        akka {
          loglevel = WARNING
          actor.provider = cluster
          remote.dot-netty.tcp.hostname = "127.0.0.1"
          remote.retry-gate-closed-for = 1s
          cluster {
            downing-provider-class = ""
            gossip-interval = 200ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 100ms
            seed-node-timeout = 2s
            retry-unsuccessful-join-after = 1s
          }
        }
        """;

    public static async Task<int> Run(int port, int[] seeds)
    {
        var own = $"akka.remote.dot-netty.tcp.port = {port}\n"
            + $"akka.cluster.seed-nodes = [{string.Join(",", seeds.Select(s => $"\"akka.tcp://formation@127.0.0.1:{s}\""))}]";
        var config = ConfigurationFactory.ParseString(own).WithFallback(ConfigurationFactory.ParseString(Config));
        using var system = ActorSystem.Create("formation", config);
        system.ActorOf(Props.Create(typeof(Watcher), seeds.Length));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
        await system.Terminate();
        return 0;
    }

    private sealed class Watcher : UntypedActor
    {
        private readonly HashSet<UniqueAddress> _up = [];
        private readonly int _expected;

        public Watcher(int expected) => _expected = expected;

        protected override void PreStart() => global::Akka.Cluster.Cluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp));

        protected override void OnReceive(object message)
        {
            if (message is ClusterEvent.MemberUp up && _up.Add(up.Member.UniqueAddress) && _up.Count == _expected)
                Console.WriteLine(Up);
        }
    }
}
