using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using ActorBroker.Akka.Tests.Actor.Support;

namespace ActorBroker.Akka.Tests.Cluster.Support;

/// <summary>Several actor systems of one process that form a cluster over loopback; all end with the test.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Base = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = cluster
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          remote.retry-gate-closed-for = 1s
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 100ms
            periodic-tasks-initial-delay = 50ms
            seed-node-timeout = 1s
            retry-unsuccessful-join-after = 1s
            allow-weakly-up-members = 500ms
            failure-detector {
              heartbeat-interval = 100ms
              acceptable-heartbeat-pause = 800ms
              expected-response-after = 800ms
            }
          }
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            ((ActorSystemImpl)system).FinalTerminate();
        await Task.WhenAll(_systems.Select(s => s.WhenTerminated)).WaitAsync(Patience);
    }

    protected static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    protected static string AtPort(int port) => $"akka.remote.dot-netty.tcp.port = {port}\n";

    protected static string Seeds(params int[] ports) =>
        $"akka.cluster.seed-nodes = [{string.Join(", ", ports.Select(p => $"\"akka.tcp://test@127.0.0.1:{p}\""))}]\n";

    internal global::Akka.Cluster.Cluster Start(string config = "")
    {
        var system = ActorSystem.Create("test", ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.ParseString(Base)));
        _systems.Add(system);
        return global::Akka.Cluster.Cluster.Get(system);
    }

    /// <summary>The first founds the cluster, the others join it, all are Up for all.</summary>
    internal async Task<global::Akka.Cluster.Cluster[]> Form(int count, string config = "")
    {
        var nodes = Enumerable.Range(0, count).Select(_ => Start(config)).ToArray();
        foreach (var node in nodes)
            node.Join(nodes[0].SelfAddress);
        await AllUp(nodes);
        return nodes;
    }

    internal static Task AllUp(params global::Akka.Cluster.Cluster[] nodes) => Until(() => nodes.All(n =>
        n.State.Members.Count == nodes.Length && n.State.Members.All(m => m.Status == MemberStatus.Up)
        && n.State.Unreachable.IsEmpty));

    internal static Task Until(Func<bool> condition) => Eventually.True(condition, Patience);

    internal static Task Sees(global::Akka.Cluster.Cluster observer, global::Akka.Cluster.Cluster subject, MemberStatus status) => Until(() =>
        (observer.State.Members.FirstOrDefault(m => m.UniqueAddress == subject.SelfUniqueAddress)?.Status ?? MemberStatus.Removed) == status);

    /// <summary>The node falls silent: it says goodbye to nobody, nor do its actors tell their watchers that they end.</summary>
    internal static Task Crash(global::Akka.Cluster.Cluster node)
    {
        ((RemoteActorRefProvider)((ActorSystemImpl)node.System).Provider).Transport.Kill();
        ((ActorSystemImpl)node.System).FinalTerminate();
        return node.System.WhenTerminated.WaitAsync(Patience);
    }

    internal static Probe Events(global::Akka.Cluster.Cluster node, params Type[] types)
    {
        var probe = new Probe(node.System);
        node.Subscribe(probe.Ref, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, types);
        return probe;
    }
}
