using ActorBroker.Actors.Controller;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>
/// The controller as the singleton of a real cluster of actor systems over loopback. One journal in memory stands for the quorum's.
/// </summary>
[Collection("moody journal")]
public sealed class ControllerClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<Node> _nodes = [];

    private sealed record Node(int Id, ActorSystem System, MetadataPublisher Publisher, IController Controller, NodeRegistration Registration)
    {
        public Cluster Cluster => Cluster.Get(System);
    }

    public Task InitializeAsync()
    {
        MoodyJournal.Reset();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes) await CrashAsync(node);
    }

    private static Config Settings(int id, bool isVoter)
    {
        var bindings = string.Join('\n', ControllerMessageSerializer.Messages.Select(type =>
            $"\"{type.FullName}, {type.Assembly.GetName().Name}\" = controller"));
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off, terminate-actor-system = off }
              actor {
                provider = cluster
                serializers.metadata = "ActorBroker.Actors.Controller.MetadataSerializer, ActorBroker.Actors"
                serializers.controller = "ActorBroker.Actors.Controller.ControllerMessageSerializer, ActorBroker.Actors"
                serialization-bindings {
                  "ActorBroker.Core.Metadata.MetadataBatch, ActorBroker.Core" = metadata
                  "ActorBroker.Actors.Controller.MetadataSnapshot, ActorBroker.Actors" = metadata
                  {{bindings}}
                }
              }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
              cluster {
                roles = [{{(isVoter ? $"node-{id}, voter" : $"node-{id}")}}]
                gossip-interval = 100ms
                leader-actions-interval = 100ms
                unreachable-nodes-reaper-interval = 100ms
                periodic-tasks-initial-delay = 50ms
                singleton.hand-over-retry-interval = 100ms
                singleton-proxy.singleton-identification-interval = 100ms
                failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 800ms, expected-response-after = 800ms }
              }
              persistence {
                journal {
                  plugin = "{{MoodyJournal.Id}}"
                  moody.class = "ActorBroker.Actors.Tests.Controller.MoodyJournal, {{typeof(MoodyJournal).Assembly.GetName().Name}}"
                }
                snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
              }
            }
            """);
    }

    private Node Start(int id, bool isVoter = true)
    {
        var system = ActorSystem.Create("actorbroker", Settings(id, isVoter));
        var publisher = new MetadataPublisher();
        var controller = ClusterController.Start(
            system, new ControllerSettings(id, "cluster") { RestartBackoffMs = 20 }, BrokerConfig.Empty, 1000 + id, isVoter, publisher).Controller;
        var self = Cluster.Get(system).SelfAddress;
        var registration = new NodeRegistration(controller, id, 1000 + id) { Lanes = new LaneAddresses(self.Host!, self.Port!.Value, 0) };
        var node = new Node(id, system, publisher, controller, registration);
        _nodes.Add(node);
        return node;
    }

    private async Task<Node[]> FormAsync(int voters, int others = 0)
    {
        var nodes = Enumerable.Range(1, voters + others).Select(id => Start(id, id <= voters)).ToArray();
        foreach (var node in nodes)
        {
            node.Cluster.Join(nodes[0].Cluster.SelfAddress);
            await RegisterAsync(node);
        }
        return nodes;
    }

    private static async Task RegisterAsync(Node node)
    {
        var endpoint = new EndpointImage("PLAINTEXT", "host", 9092, "PLAINTEXT");
        Assert.True((await node.Registration.RegisterAsync(null, [endpoint], [new Uuid(1, (ulong)node.Id)], true, default)).IsNone);
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!(await node.Registration.OpenAsync(default)).IsNone) Assert.True(Environment.TickCount64 < deadline);
    }

    /// <summary>Ends without saying goodbye.</summary>
    private static Task CrashAsync(Node node) => node.System.Terminate().WaitAsync(Limit);

    private static async Task<MetadataImage> SeesAsync(Node node, Func<MetadataImage, bool> condition)
    {
        var seen = new TaskCompletionSource<MetadataImage>(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Publisher.Follow(image =>
        {
            if (condition(image)) seen.TrySetResult(image);
        });
        return await seen.Task.WaitAsync(Limit);
    }

    private static async Task<TReply> AskAsync<TReply>(Node node, ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        var answer = await node.Controller.SubmitAsync(command, Limit, CancellationToken.None);
        Assert.True(answer.IsAnswered, answer.Error.Text);
        return answer.Reply!;
    }

    private static CreateTopics Create(string name, params int[] replicas) =>
        new([new TopicToCreate(name, Uuid.NewRandom(), -1, -1, [new PartitionAssignment(0, [.. replicas])], [])], false, 0);

    [Fact]
    public async Task Every_node_asks_one_controller_and_sees_what_it_decided()
    {
        var nodes = await FormAsync(3, 1);
        foreach (var node in nodes)
            Assert.True((await AskAsync(node, Create($"t{node.Id}", 1, 2, 3))).Topics[0].Error.IsNone);
        foreach (var node in nodes)
        {
            var image = await SeesAsync(node, image => image.Topics.Count == 4);
            Assert.Equal([1, 2, 3, 4], image.Brokers.Keys);
            Assert.Equal((1, 1), (image.ControllerEpoch, image.ControllerId));
        }
    }

    [Fact]
    public async Task When_the_node_of_the_controller_dies_another_takes_over_and_fences_it()
    {
        var nodes = await FormAsync(3);
        await AskAsync(nodes[2], Create("t", 1, 2, 3));
        await CrashAsync(nodes[0]);
        foreach (var node in nodes[1..]) node.Cluster.Down(nodes[0].Cluster.SelfAddress);
        foreach (var node in nodes[1..])
        {
            var image = await SeesAsync(node, image => image.Brokers[1].IsFenced && image.Topics["t"].Partitions[0].Leader == 2);
            Assert.Equal(2, image.ControllerEpoch);
            Assert.Equal([2, 3], image.Topics["t"].Partitions[0].Isr.ToArray());
        }
        Assert.True((await AskAsync(nodes[2], Create("u", 3))).Topics[0].Error.IsNone);
    }

    [Fact]
    public async Task A_node_that_dies_is_fenced_and_comes_back_under_a_new_incarnation()
    {
        var nodes = await FormAsync(3);
        await AskAsync(nodes[0], Create("t", 3, 1, 2));
        await CrashAsync(nodes[2]);
        nodes[0].Cluster.Down(nodes[2].Cluster.SelfAddress);
        await SeesAsync(nodes[1], image => image.Brokers[3].IsFenced && image.Topics["t"].Partitions[0].Leader == 1);

        var again = Start(3);
        again.Cluster.Join(nodes[0].Cluster.SelfAddress);
        var registration = new NodeRegistration(again.Controller, 3, 2003) { Lanes = again.Registration.Lanes };
        await RegisterAsync(again with { Registration = registration });
        var image = await SeesAsync(nodes[0], image => image.Brokers[3] is { IsFenced: false, Incarnation: 2003 });
        Assert.Equal(1, image.ControllerEpoch);
        await SeesAsync(again, seen => seen.Offset >= image.Offset);
    }

    [Fact]
    public async Task A_node_that_leaves_in_order_hands_the_controller_over()
    {
        var nodes = await FormAsync(3);
        await AskAsync(nodes[1], Create("t", 1, 2, 3));
        Assert.Equal(0, (await nodes[0].Registration.DrainAsync(default)).Reply!.StillLed);
        Assert.True((await nodes[0].Registration.CloseAsync(default)).IsNone);
        nodes[0].Cluster.Leave(nodes[0].Cluster.SelfAddress);
        await SeesAsync(nodes[2], image => image.ControllerEpoch == 2 && image.ControllerId != 1);
        Assert.True((await AskAsync(nodes[2], Create("u", 2, 3))).Topics[0].Error.IsNone);
        Assert.Equal(2, nodes[2].Publisher.Current.Topics["t"].Partitions[0].Leader);
    }
}
