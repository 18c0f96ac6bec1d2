using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>
/// A controller's gate and nodes that ask and follow it, in one actor system; every message goes through its bytes. What stands for the
/// singleton's proxy is an actor that passes on to whichever gate the test has started last.
/// </summary>
public abstract class ClusterControllerSpec : Akka.TestKit.Xunit2.TestKit
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly IActorRef _proxy;

    protected ClusterControllerSpec()
        : base(ConfigurationFactory.ParseString(Settings()).WithFallback(AkkaOwnSerializer.Config))
    {
        MoodyJournal.Reset();
        _proxy = Sys.ActorOf(Props.Create(() => new Switchboard()), "proxy");
    }

    protected sealed record Node(ClusterControllerClient Controller, MetadataPublisher Publisher, IActorRef Follower);

    private static string Settings()
    {
        var bindings = string.Join('\n', ControllerMessageSerializer.Messages.Select(type =>
            $"\"{type.FullName}, {type.Assembly.GetName().Name}\" = controller"));
        return $$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
              actor {
                serialize-messages = on
                serializers.metadata = "ActorBroker.Actors.Controller.MetadataSerializer, ActorBroker.Actors"
                serializers.controller = "ActorBroker.Actors.Controller.ControllerMessageSerializer, ActorBroker.Actors"
                serialization-bindings {
                  "ActorBroker.Core.Metadata.MetadataBatch, ActorBroker.Core" = metadata
                  "ActorBroker.Actors.Controller.MetadataSnapshot, ActorBroker.Actors" = metadata
                  {{bindings}}
                }
              }
              persistence {
                journal {
                  plugin = "{{MoodyJournal.Id}}"
                  moody.class = "ActorBroker.Actors.Tests.Controller.MoodyJournal, {{typeof(ClusterControllerSpec).Assembly.GetName().Name}}"
                }
                snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
              }
            }
            """;
    }

    protected IActorRef StartGate(int nodeId = 1)
    {
        var settings = new ControllerSettings(nodeId, "cluster") { RestartBackoffMs = 10, RestartBackoffMaxMs = 50 };
        var gate = Sys.ActorOf(ControllerGateActor.PropsFor(settings, BrokerConfig.Empty, TimeProvider.System, null));
        _proxy.Tell(gate, ActorRefs.NoSender);
        return gate;
    }

    protected async Task StopGateAsync(IActorRef gate)
    {
        Watch(gate);
        gate.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(gate, Limit);
    }

    protected Node StartNode(int nodeId, int maxWaiting = 1000)
    {
        var publisher = new MetadataPublisher();
        var link = Sys.ActorOf(ControllerLinkActor.PropsFor());
        var follower = Sys.ActorOf(
            MetadataFollowerActor.PropsFor(new FollowerSettings(nodeId, 1000 + nodeId), _proxy, link, publisher));
        return new Node(new ClusterControllerClient(link, publisher, maxWaiting, TimeProvider.System), publisher, follower);
    }

    protected static async Task<TReply> AskAsync<TReply>(Node node, ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        var answer = await node.Controller.SubmitAsync(command, Limit, CancellationToken.None);
        Assert.True(answer.IsAnswered, answer.Error.Text);
        return answer.Reply!;
    }

    protected static async Task JoinAsync(Node node, int id, LaneAddresses? lanes = null)
    {
        var register = new RegisterBroker(
            id, 1000 + id, null, [new EndpointImage("PLAINTEXT", $"host{id}", 9092, "PLAINTEXT")], [new Uuid(1, (ulong)id)], true)
        {
            Lanes = lanes,
        };
        Assert.True((await AskAsync(node, register)).Error.IsNone);
        Assert.True((await AskAsync(node, new FenceBroker(id, 1000 + id, false))).Error.IsNone);
    }

    protected static CreateTopics Create(params string[] names) =>
        new([.. names.Select(name => new TopicToCreate(name, Uuid.NewRandom(), 1, 1, [], []))], false, 0);

    protected static async Task SeesAsync(Node node, Func<MetadataImage, bool> condition)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Publisher.Follow(image =>
        {
            if (condition(image)) seen.TrySetResult();
        });
        await seen.Task.WaitAsync(Limit);
    }

    /// <summary>Passes everything on to the gate that it was told of last; without one it is lost, as with a proxy that gives up.</summary>
    private sealed class Switchboard : ReceiveActor
    {
        private IActorRef _gate = ActorRefs.Nobody;

        public Switchboard()
        {
            Receive<IActorRef>(gate => _gate = gate);
            ReceiveAny(message => _gate.Forward(message));
        }
    }
}
