using System.Collections.Immutable;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Membership;
using ActorBroker.Core.Membership;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Benchmarks.Cluster;

/// <summary>One node: joins, says that it knows all as Up, floods when it is told to, says what it has seen.</summary>
internal static class SaturationProcess
{
    public const string Up = "up";
    public const string Result = "result";

    private const int ControlBytes = 4_000;
    private const int ControlWindow = 32_000;
    private const int BulkBytes = 80_000;
    private const int BulkWindow = 1_600;

    private static long s_control;
    private static long s_bulk;

    /// <param name="arguments">The node's id, seconds, the voters' patience in milliseconds, the control lanes' ports, the bulk lanes' ports.</param>
    public static async Task<int> Run(int[] arguments)
    {
        var (node, seconds, suspectMs) = (arguments[0], arguments[1], arguments[2]);
        var nodes = (arguments.Length - 3) / 2;
        var (controlPorts, bulkPorts) = (arguments[3..(3 + nodes)], arguments[(3 + nodes)..]);
        var directory = Directory.CreateTempSubdirectory("saturation").FullName;
        var lanes = new LaneSettings(node, true, "127.0.0.1", controlPorts[node - 1], "127.0.0.1", "127.0.0.1", bulkPorts[node - 1]);
        var quiet = ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }");
        var config = quiet.WithFallback(ClusterConfig.Control(lanes)).WithFallback(ActorsConfig.For(directory)).WithFallback(ClusterConfig.Reference());
        var voters = Enumerable.Range(1, nodes).ToImmutableArray();
        var setup = BootstrapSetup.Create().WithConfig(config).And(
            new MembershipSetup(node, new WatchSettings { SuspectAfterMs = suspectMs }, () => voters));
        using var control = ActorSystem.Create("saturation", setup);
        using var bulk = ActorSystem.Create(
            ReplicationLane.SystemName, quiet.WithFallback(ClusterConfig.Bulk(lanes)).WithFallback(ActorsConfig.ForBulkLane()));
        try
        {
            var seen = new Seen();
            var allUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var observer = control.ActorOf(Props.Create(() => new Observer(nodes, seen, allUp)));
            control.EventStream.Subscribe(observer, typeof(Warning));
            control.ActorOf(Props.Create(() => new LaneFlood.Sink()), "sink");
            bulk.ActorOf(Props.Create(() => new LaneFlood.Sink()), "sink");
            AkkaCluster.Get(control).JoinSeedNodes(
                controlPorts.Select(port => new Address("akka.tcp", "saturation", "127.0.0.1", port)).ToImmutableList());
            await allUp.Task;
            Console.WriteLine(Up);
            await Console.In.ReadLineAsync();
            seen.Clear();
            var floods = Flood(control, bulk, node, controlPorts, bulkPorts);
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            foreach (var flood in floods) flood.Tell("stop", ActorRefs.NoSender);
            Console.WriteLine($"{Result} control={Interlocked.Read(ref s_control) / 1_000_000} bulk={Interlocked.Read(ref s_bulk) / 1_000_000} {seen}");
            await Console.In.ReadLineAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static List<IActorRef> Flood(ActorSystem control, ActorSystem bulk, int node, int[] controlPorts, int[] bulkPorts)
    {
        var floods = new List<IActorRef>();
        Action<int> addControl = bytes => Interlocked.Add(ref s_control, bytes);
        Action<int> addBulk = bytes => Interlocked.Add(ref s_bulk, bytes);
        for (var i = 0; i < controlPorts.Length; i++)
        {
            if (i + 1 == node) continue;
            var overControl = control.ActorSelection($"akka.tcp://saturation@127.0.0.1:{controlPorts[i]}/user/sink");
            var overBulk = bulk.ActorSelection($"akka.tcp://{ReplicationLane.SystemName}@127.0.0.1:{bulkPorts[i]}/user/sink");
            floods.Add(control.ActorOf(Props.Create(() => new LaneFlood(overControl, ControlBytes, ControlWindow, addControl))));
            floods.Add(bulk.ActorOf(Props.Create(() => new LaneFlood(overBulk, BulkBytes, BulkWindow, addBulk))));
        }

        return floods;
    }

    private sealed class Seen
    {
        public int Suspected;
        public int Unreachable;
        public int Gone;

        public void Clear() => Suspected = Unreachable = Gone = 0;

        public override string ToString() => $"suspected={Suspected} unreachable={Unreachable} gone={Gone}";
    }

    private sealed class Observer : UntypedActor
    {
        private readonly HashSet<UniqueAddress> _up = [];
        private readonly int _expected;
        private readonly Seen _seen;
        private readonly TaskCompletionSource _allUp;

        public Observer(int expected, Seen seen, TaskCompletionSource allUp)
        {
            _expected = expected;
            _seen = seen;
            _allUp = allUp;
        }

        protected override void PreStart() => AkkaCluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterEvent.MemberUp up:
                    if (_up.Add(up.Member.UniqueAddress) && _up.Count == _expected) _allUp.TrySetResult();
                    break;
                case ClusterEvent.UnreachableMember:
                    _seen.Unreachable++;
                    break;
                case ClusterEvent.MemberDowned or ClusterEvent.MemberRemoved:
                    _seen.Gone++;
                    break;
                case Warning warning when warning.Message.ToString()!.Contains("does not answer the heartbeats", StringComparison.Ordinal):
                    _seen.Suspected++;
                    break;
            }
        }
    }
}
