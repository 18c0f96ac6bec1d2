using System.Collections.Concurrent;
using ActorBroker.Actors.Controller;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>
/// Two controllers at the same time, on purpose, as after a split that membership has not seen: each has its own followers, both write one
/// log under ballots. Whatever they take from each other, nothing that was answered is lost and no two nodes see different histories.
/// </summary>
public sealed class TwoControllersTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<Side> _sides = [];

    private sealed record Side(
        ActorSystem System, IActorRef Gate, ClusterControllerClient Controller, ConcurrentDictionary<long, MetadataImage> Seen);

    public Task InitializeAsync()
    {
        BallotJournal.Reset();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var side in _sides) await side.System.Terminate().WaitAsync(Limit);
    }

    private Side Start(int id)
    {
        var system = ActorSystem.Create($"side{id}", ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              persistence {
                journal {
                  plugin = "{{BallotJournal.Id}}"
                  ballot.class = "{{typeof(BallotJournal).FullName}}, {{typeof(BallotJournal).Assembly.GetName().Name}}"
                }
                snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
              }
            }
            """));
        var settings = new ControllerSettings(id, "cluster") { RestartBackoffMs = 5, RestartBackoffMaxMs = 40 };
        var gate = system.ActorOf(ControllerGateActor.PropsFor(settings, BrokerConfig.Empty, TimeProvider.System, null), "gate");
        var publisher = new MetadataPublisher();
        var link = system.ActorOf(ControllerLinkActor.PropsFor());
        system.ActorOf(MetadataFollowerActor.PropsFor(new FollowerSettings(id, id), gate, link, publisher));
        var seen = new ConcurrentDictionary<long, MetadataImage>();
        publisher.Follow(image => seen[image.Offset] = image);
        var side = new Side(system, gate, new ClusterControllerClient(link, publisher, 1000, TimeProvider.System), seen);
        _sides.Add(side);
        return side;
    }

    private static async Task<TReply> UntilAnsweredAsync<TReply>(Side side, ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await side.Controller.SubmitAsync(command, Limit, CancellationToken.None);
            if (answer.IsAnswered) return answer.Reply!;
            Assert.InRange(tries, 0, 500);
        }
    }

    private static byte[] Bytes(MetadataImage image)
    {
        using var writer = new WireWriter();
        MetadataRecordCodec.WriteSnapshot(writer, image);
        return writer.WrittenSpan.ToArray();
    }

    [Fact]
    public async Task Nothing_that_was_answered_is_lost_and_all_see_one_history()
    {
        var one = Start(1);
        Assert.True((await UntilAnsweredAsync(one, new RegisterBroker(1, 5, null, [], [], true))).Error.IsNone);
        Assert.True((await UntilAnsweredAsync(one, new FenceBroker(1, 5, false))).Error.IsNone);
        var two = Start(2);
        var answered = new ConcurrentDictionary<string, Uuid>();
        var ids = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var side = worker % 2 == 0 ? one : two;
            for (var i = 0; i < 25; i++)
            {
                var topic = new TopicToCreate($"t{worker}-{i}", Uuid.NewRandom(), 1, 1, [], []);
                var answer = await side.Controller.SubmitAsync(new CreateTopics([topic], false, 0), Limit, CancellationToken.None);
                if (answer.Reply?.Topics[0].Error.IsNone == true) Assert.True(answered.TryAdd(topic.Name, topic.TopicId));
                var block = await side.Controller.SubmitAsync(new AllocateProducerIds(worker, 1), Limit, CancellationToken.None);
                if (block.Reply is { } given) ids.Add(given.FirstProducerId);
            }
        })));

        await one.System.Terminate().WaitAsync(Limit);
        await UntilAnsweredAsync(two, new AllocateProducerIds(0, 1));
        var last = two.Seen[two.Seen.Keys.Max()];
        Assert.NotEmpty(answered);
        foreach (var (name, id) in answered) Assert.Equal(id, last.Topics[name].Id);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(last.ControllerEpoch >= 3, $"the ballot changed hands only {last.ControllerEpoch} times");
        foreach (var offset in one.Seen.Keys.Intersect(two.Seen.Keys)) Assert.Equal(Bytes(one.Seen[offset]), Bytes(two.Seen[offset]));
    }
}
