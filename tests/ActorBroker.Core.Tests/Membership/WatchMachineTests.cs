using System.Collections.Immutable;
using ActorBroker.Core.Membership;

namespace ActorBroker.Core.Tests.Membership;

public sealed class WatchMachineTests
{
    private static readonly WatchSettings s_settings = new() { IntervalMs = 200, SuspectAfterMs = 1000, VoteValidMs = 1000 };
    private static readonly NodeIncarnation s_two = new(2, 20);
    private static readonly NodeIncarnation s_three = new(3, 30);

    [Fact]
    public void A_node_that_answers_is_not_suspected()
    {
        var machine = Voter(1, 1, 2, 3);
        for (var now = 0; now < 5000; now += 200)
        {
            machine.Answered(s_two, now);
            machine.Answered(s_three, now);
            var decision = machine.Tick(now);
            Assert.Empty(decision.Suspects);
            Assert.Empty(decision.Down);
            Assert.Equal(2, decision.Pings.Count);
        }
    }

    [Fact]
    public void A_silent_node_is_suspected_but_not_given_up_by_one_voter_of_three()
    {
        var machine = Voter(1, 1, 2, 3);
        var decision = RunSilent(machine, until: 3000, answering: s_two);
        Assert.Equal([s_three], decision.Suspects.ToArray());
        Assert.True(decision.TellVoters);
        Assert.Empty(decision.Down);
    }

    [Fact]
    public void A_majority_gives_a_silent_node_up()
    {
        var machine = Voter(1, 1, 2, 3);
        RunSilent(machine, until: 1400, answering: s_two);
        machine.Voted(2, [s_three], 1500);
        Assert.Equal([s_three], machine.Tick(1600).Down);
    }

    [Fact]
    public void A_vote_that_has_grown_old_does_not_count()
    {
        var machine = Voter(1, 1, 2, 3);
        machine.Voted(2, [s_three], 100);
        Assert.Empty(RunSilent(machine, until: 3000, answering: s_two).Down);
    }

    [Fact]
    public void The_word_of_the_suspected_voter_itself_does_not_count()
    {
        var machine = Voter(1, 1, 2, 3);
        RunSilent(machine, until: 1400, answering: s_two);
        machine.Voted(3, [s_three], 1500);
        Assert.Empty(machine.Tick(1600).Down);
    }

    [Fact]
    public void The_word_of_a_node_that_is_no_voter_does_not_count()
    {
        var machine = Voter(1, 1, 2, 5);
        machine.MembersAre([s_two, s_three, new(4, 40)], 0);
        RunSilent(machine, until: 1400, answering: s_two);
        machine.Voted(4, [s_three], 1500);
        Assert.Empty(machine.Tick(1600).Down);
    }

    [Fact]
    public void The_only_voter_gives_up_a_silent_broker_alone()
    {
        var machine = Voter(1, 1);
        Assert.Equal([s_three], RunSilent(machine, until: 1400, answering: s_two).Down);
    }

    [Fact]
    public void A_node_that_is_no_voter_gives_up_nobody()
    {
        var machine = Voter(1, 2, 3, 4);
        machine.Voted(2, [s_three], 1300);
        machine.Voted(4, [s_three], 1300);
        Assert.Empty(RunSilent(machine, until: 1400, answering: s_two).Down);
    }

    [Fact]
    public void A_new_life_of_a_node_starts_with_a_clean_slate()
    {
        var machine = Voter(1, 1, 2, 3);
        RunSilent(machine, until: 1400, answering: s_two);
        machine.MembersAre([s_two, new(3, 31)], 1500);
        machine.Voted(2, [s_three], 1500);
        var decision = machine.Tick(1600);
        Assert.Empty(decision.Suspects);
        Assert.Empty(decision.Down);
        Assert.True(decision.TellVoters, "the suspicion that was told has to be taken back");
    }

    [Fact]
    public void An_answer_of_an_old_life_does_not_keep_the_new_one_alive()
    {
        var machine = Voter(1, 1, 2, 3);
        machine.MembersAre([s_two, new(3, 31)], 0);
        for (var now = 0; now <= 1400; now += 200)
        {
            machine.Answered(s_two, now);
            machine.Answered(s_three, now);
            machine.Tick(now);
        }

        Assert.Equal([new NodeIncarnation(3, 31)], machine.Tick(1600).Suspects.ToArray());
    }

    [Fact]
    public void A_voter_that_was_paused_suspects_nobody_for_what_it_missed()
    {
        var machine = Voter(1, 1, 2, 3);
        RunSilent(machine, until: 400, answering: s_two);
        machine.Voted(2, [s_three], 500);
        var decision = machine.Tick(60_000);
        Assert.Empty(decision.Suspects);
        Assert.Empty(decision.Down);
    }

    [Fact]
    public void A_voter_that_is_starved_counts_only_the_time_it_ran()
    {
        var machine = Voter(1, 1, 2, 3);
        RunSilent(machine, until: 400, answering: s_two);
        // Every tick is 600 ms late: three of them are 2.4 s on the clock and 600 ms of watching.
        for (var now = 1200; now <= 2800; now += 800) Assert.Empty(machine.Tick(now).Suspects);
        Assert.Equal([s_three], machine.Tick(3600).Suspects.ToArray());
    }

    /// <summary>Five voters and random broken links: whenever somebody is given up, a majority that includes the decider cannot reach
    /// it; two voters that can reach each other and a majority are never given up by it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Only_what_a_majority_cannot_reach_is_given_up(int seed)
    {
        var random = new Random(seed);
        var lives = Enumerable.Range(1, 5).Select(node => new NodeIncarnation(node, node * 10)).ToArray();
        for (var round = 0; round < 40; round++)
        {
            var broken = new bool[6, 6];
            for (var a = 1; a <= 5; a++)
                for (var b = 1; b <= 5; b++) broken[a, b] = a != b && random.Next(3) == 0;
            bool Reaches(int a, int b) => !broken[a, b] && !broken[b, a];
            var machines = lives.Select(life => Voter(life.Node, lives, 1, 2, 3, 4, 5)).ToArray();
            for (var now = 0L; now <= 4000; now += 200)
            {
                foreach (var machine in machines.Index())
                {
                    var me = machine.Index + 1;
                    foreach (var life in lives.Where(life => life.Node != me && Reaches(me, life.Node))) machine.Item.Answered(life, now);
                    var decision = machine.Item.Tick(now);
                    foreach (var other in lives.Where(life => life.Node != me && !broken[me, life.Node]))
                        machines[other.Node - 1].Voted(me, decision.Suspects, now);
                    foreach (var down in decision.Down)
                    {
                        Assert.False(Reaches(me, down.Node));
                        Assert.True(lives.Count(life => life.Node != down.Node && !Reaches(life.Node, down.Node)) >= 3, $"seed {seed} round {round}");
                    }
                }
            }
        }
    }

    private static WatchMachine Voter(int self, params int[] voters) => Voter(self, [s_two, s_three], voters);

    private static WatchMachine Voter(int self, IReadOnlyCollection<NodeIncarnation> members, params int[] voters)
    {
        var machine = new WatchMachine(self, s_settings);
        machine.VotersAre([.. voters]);
        machine.MembersAre(members, 0);
        return machine;
    }

    private static WatchDecision RunSilent(WatchMachine machine, long until, NodeIncarnation answering)
    {
        WatchDecision decision = default;
        for (var now = 0L; now <= until; now += 200)
        {
            machine.Answered(answering, now);
            decision = machine.Tick(now);
        }

        return decision;
    }
}
