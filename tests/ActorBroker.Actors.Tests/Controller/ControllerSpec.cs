using System.Collections.Immutable;
using ActorBroker.Actors.Controller;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>A controller in an actor system whose journal and snapshots live in memory, as bytes of the real serializer.</summary>
public abstract class ControllerSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Settings = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          actor {
            serialize-messages = on
            serializers.metadata = "ActorBroker.Actors.Controller.MetadataSerializer, ActorBroker.Actors"
            serialization-bindings {
              "ActorBroker.Core.Metadata.MetadataBatch, ActorBroker.Core" = metadata
              "ActorBroker.Actors.Controller.MetadataSnapshot, ActorBroker.Actors" = metadata
            }
          }
          persistence {
            journal {
              plugin = "akka.persistence.journal.inmem"
              moody.class = "ActorBroker.Actors.Tests.Controller.MoodyJournal, ASSEMBLY"
            }
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
          }
        }
        """;

    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected ControllerSpec()
        : base(ConfigurationFactory.ParseString(
            Settings.Replace("ASSEMBLY", typeof(ControllerSpec).Assembly.GetName().Name, StringComparison.Ordinal))
            .WithFallback(AkkaOwnSerializer.Config))
    {
    }

    protected sealed record Node(IActorRef Host, IController Controller, MetadataPublisher Publisher, ControllerInbox Inbox);

    protected Node Start(Func<ControllerSettings, ControllerSettings>? change = null, int inbox = 10_000)
    {
        var settings = new ControllerSettings(1, "cluster") { RestartBackoffMs = 10, RestartBackoffMaxMs = 50 };
        var queue = new ControllerInbox(inbox);
        var publisher = new MetadataPublisher();
        var host = Sys.ActorOf(ControllerHostActor.PropsFor(change?.Invoke(settings) ?? settings, BrokerConfig.Empty, queue, publisher));
        return new Node(host, new ControllerClient(queue), publisher, queue);
    }

    protected async Task StopAsync(Node node)
    {
        Watch(node.Host);
        node.Host.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(node.Host, Limit);
    }

    protected static async Task<TReply> AskAsync<TReply>(Node node, ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        var answer = await node.Controller.SubmitAsync(command, Limit, CancellationToken.None);
        Assert.True(answer.IsAnswered, answer.Error.Text);
        return answer.Reply!;
    }

    protected static async Task OpenBrokerAsync(Node node)
    {
        var registration = new NodeRegistration(node.Controller, 1, 77);
        Assert.True((await registration.RegisterAsync(
            null, [new EndpointImage("PLAINTEXT", "host", 9092, "PLAINTEXT")], [new Uuid(1, 1)], true, CancellationToken.None)).IsNone);
        Assert.True((await registration.OpenAsync(CancellationToken.None)).IsNone);
    }

    protected static CreateTopics Create(params ReadOnlySpan<string> names)
    {
        var topics = ImmutableArray.CreateBuilder<TopicToCreate>();
        foreach (var name in names) topics.Add(new TopicToCreate(name, Uuid.NewRandom(), 1, 1, [], []));
        return new CreateTopics(topics.ToImmutable(), false, 0);
    }
}
