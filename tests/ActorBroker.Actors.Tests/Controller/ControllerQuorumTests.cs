using System.Collections.Concurrent;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Quorum;
using ActorBroker.Actors.Tests.Quorum;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>The controller on the real quorum journal: three voters, each with its file, and controllers that come, go and overlap.</summary>
public sealed class ControllerQuorumTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = QuorumCluster.Limit;

    private readonly QuorumCluster _cluster = new(Settings());

    private sealed record Side(IActorRef Gate, ClusterControllerClient Controller, MetadataPublisher Publisher);

    public async Task InitializeAsync() => await _cluster.StartAsync([1, 2, 3], 1, 2, 3);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    private static string Settings()
    {
        var bindings = string.Join('\n', ControllerMessageSerializer.Messages.Select(type =>
            $"\"{type.FullName}, {type.Assembly.GetName().Name}\" = controller"));
        return $$"""
            akka {
              loglevel = OFF
              actor {
                serializers.metadata = "ActorBroker.Actors.Controller.MetadataSerializer, ActorBroker.Actors"
                serializers.controller = "ActorBroker.Actors.Controller.ControllerMessageSerializer, ActorBroker.Actors"
                serialization-bindings {
                  "ActorBroker.Core.Metadata.MetadataBatch, ActorBroker.Core" = metadata
                  "ActorBroker.Actors.Controller.MetadataSnapshot, ActorBroker.Actors" = metadata
                  {{bindings}}
                }
              }
            }
            """;
    }

    private Side Start(int node, int snapshotBatches = 2000)
    {
        var system = _cluster.System(node);
        var settings = new ControllerSettings(node, "cluster")
        {
            RestartBackoffMs = 10, RestartBackoffMaxMs = 80, SnapshotBatches = snapshotBatches,
            JournalPluginId = QuorumJournal.PluginId, SnapshotPluginId = QuorumSnapshotStore.PluginId,
        };
        var gate = system.ActorOf(ControllerGateActor.PropsFor(settings, BrokerConfig.Empty, TimeProvider.System, null));
        var publisher = new MetadataPublisher();
        var link = system.ActorOf(ControllerLinkActor.PropsFor());
        system.ActorOf(MetadataFollowerActor.PropsFor(new FollowerSettings(node, node), gate, link, publisher));
        return new Side(gate, new ClusterControllerClient(link, publisher, 1000, TimeProvider.System), publisher);
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

    private static async Task OpenAsync(Side side)
    {
        Assert.True((await UntilAnsweredAsync(side, new RegisterBroker(1, 5, null, [], [], true))).Error.IsNone);
        Assert.True((await UntilAnsweredAsync(side, new FenceBroker(1, 5, false))).Error.IsNone);
    }

    private static CreateTopics Create(string name) => new([new TopicToCreate(name, Uuid.NewRandom(), 1, 1, [], [])], false, 0);

    [Fact]
    public async Task A_controller_on_another_voter_finds_everything_and_begins_the_next_term()
    {
        var first = Start(1, snapshotBatches: 5);
        await OpenAsync(first);
        for (var i = 0; i < 12; i++) Assert.True((await UntilAnsweredAsync(first, Create($"t{i}"))).Topics[0].Error.IsNone);
        await _cluster.StopAsync(1);

        var second = Start(2, snapshotBatches: 5);
        await UntilAnsweredAsync(second, new AllocateProducerIds(1, 1));
        var image = second.Publisher.Current;
        Assert.Equal((2, 2, 12), (image.ControllerId, image.ControllerEpoch, image.Topics.Count));
    }

    [Fact]
    public async Task Without_a_majority_nothing_changes_and_afterwards_all_goes_on()
    {
        var side = Start(1);
        await OpenAsync(side);
        await UntilAnsweredAsync(side, Create("before"));
        _cluster.CutOff(2, 3);
        var answer = await side.Controller.SubmitAsync(Create("between"), TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.False(answer.IsAnswered);
        Assert.DoesNotContain("between", side.Publisher.Current.Topics.Keys);
        Assert.Contains("before", side.Publisher.Current.Topics.Keys);
        _cluster.Reach(2, 3);
        Assert.True((await UntilAnsweredAsync(side, Create("after"))).Topics[0].Error.IsNone);
    }

    [Fact]
    public async Task Two_controllers_at_the_same_time_lose_nothing_that_was_answered()
    {
        var one = Start(1);
        await OpenAsync(one);
        var two = Start(2);
        var answered = new ConcurrentDictionary<string, Uuid>();
        await Task.WhenAll(new[] { one, two }.SelectMany((side, number) => Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var command = Create($"t{number}-{worker}-{i}");
                var answer = await side.Controller.SubmitAsync(command, Limit, CancellationToken.None);
                if (answer.Reply?.Topics[0].Error.IsNone == true) answered[command.Topics[0].Name] = command.Topics[0].TopicId;
            }
        }))));
        await _cluster.StopAsync(1);
        await UntilAnsweredAsync(two, new AllocateProducerIds(1, 1));
        Assert.NotEmpty(answered);
        foreach (var (name, id) in answered) Assert.Equal(id, two.Publisher.Current.Topics[name].Id);
    }

    [Fact]
    public async Task A_change_of_the_voters_fails_no_command()
    {
        var side = Start(1);
        await OpenAsync(side);
        var third = _cluster.VoterOf(3);
        using var ended = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            var made = new List<string>();
            for (var i = 0; !ended.IsCancellationRequested; i++)
            {
                var answer = await side.Controller.SubmitAsync(Create($"t{worker}-{i}"), Limit, CancellationToken.None);
                Assert.True(answer.IsAnswered, answer.Error.Text);
                Assert.Equal(ErrorCode.None, answer.Reply!.Topics[0].Error.Code);
                made.Add($"t{worker}-{i}");
            }

            return made;
        })).ToList();
        for (var round = 0; round < 3; round++)
        {
            await _cluster[2].ChangeVotersAsync(new RemoveVoter(3)).WaitAsync(Limit);
            await _cluster[2].ChangeVotersAsync(new AddVoter(third)).WaitAsync(Limit);
        }

        await ended.CancelAsync();
        foreach (var made in await Task.WhenAll(workers)) Assert.All(made, name => Assert.Contains(name, side.Publisher.Current.Topics.Keys));
    }

    [Fact]
    public async Task The_first_command_after_a_change_of_the_voters_is_carried_out()
    {
        var side = Start(1);
        await OpenAsync(side);
        await _cluster[2].ChangeVotersAsync(new RemoveVoter(3)).WaitAsync(Limit);
        var answer = await side.Controller.SubmitAsync(Create("t"), Limit, CancellationToken.None);
        Assert.True(answer.IsAnswered, answer.Error.Text);
    }

    [Fact]
    public async Task A_controller_that_was_replaced_while_it_had_nothing_to_do_steps_down_and_stands_back()
    {
        var one = Start(1);
        await OpenAsync(one);
        var lost = new TaskCompletionSource<LogLoss>(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster[1].LogLost += loss => lost.TrySetResult(loss);
        var two = Start(2);
        await UntilAnsweredAsync(two, new AllocateProducerIds(1, 1));
        Assert.Equal(new LogLoss("controller", OwnerLoss.LostBallot), await lost.Task.WaitAsync(Limit));

        // What it was asked for it still does: then it takes the ballot again.
        await UntilAnsweredAsync(one, new AllocateProducerIds(1, 1));
        Assert.Equal(1, one.Publisher.Current.ControllerId);
    }

    [Fact]
    public async Task The_voters_are_described_with_their_logs()
    {
        var side = Start(1);
        await OpenAsync(side);
        var port = new QuorumPort();
        Assert.Null(await port.DescribeAsync(CancellationToken.None));
        port.Use(_cluster.System(2));
        var described = await port.DescribeAsync(CancellationToken.None);
        Assert.Equal([1, 2, 3], described!.Voters.Select(voter => voter.NodeId));
        Assert.True(described.Voters.Max(voter => voter.Last) >= side.Publisher.Current.Offset);
        Assert.True(described.Committed >= 0);
    }
}
