using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Quorum;

public sealed class QuorumSerializerTests : Akka.TestKit.Xunit2.TestKit
{
    public static TheoryData<object> Messages => new()
    {
        new BallotWon(7, 2, long.MaxValue),
        new QuorumCall("c", new Uuid(1, 2), new Prepare(1, "a", 2, Ballot.Of(3, 4), 5)),
        new QuorumCall("c", new Uuid(1, 2), new LearnVoters(9, "c", new VoterSet(3, [new Voter(1, new Uuid(4, 5), "host", 6)]))),
        new QuorumAnswer(3, new Promised(1, new LogPosition(Ballot.Of(1, 2), 3), 4)),
        new QuorumAnswer(3, new Refused(1, QuorumRefusal.StaleVoters, Ballot.Of(1, 2), new VoterSet(3, [new Voter(1, new Uuid(4, 5), "host", 6)]))),
        new WhoAreYou(4),
        new IAm(4, new NodeStanding(1, new Uuid(1, 1), "c", new VoterSet(1, [new Voter(1, new Uuid(4, 5), "host", 6)]), true, 7)),
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_crosses_nodes_has_explicit_versioned_bytes(object message)
    {
        var serializer = new QuorumSerializer((ExtendedActorSystem)Sys);
        Assert.EndsWith("-1", serializer.Manifest(message));
        Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message)));
    }

    [Fact]
    public void What_is_not_known_is_refused()
    {
        var serializer = new QuorumSerializer((ExtendedActorSystem)Sys);
        Assert.Throws<ArgumentException>(() => serializer.Manifest("a string"));
        Assert.Throws<ArgumentException>(() => serializer.FromBinary([], "quorum-call-9"));
        Assert.Throws<WireFormatException>(() => serializer.FromBinary([1, 2, 3], "quorum-call-1"));
    }

    [Fact]
    public void A_large_message_goes_in_pieces_and_comes_out_whole()
    {
        var (parts, probe) = (new QuorumParts(), CreateTestProbe());
        var entry = new QuorumEntry(1, 1, Ballot.Of(1, 1), QuorumEntryKind.Events, new byte[300_000]);
        var call = new QuorumCall("c", new Uuid(1, 2), new AppendEntries(1, "a", 1, Ballot.Of(1, 1), LogPosition.Origin, [entry], 0, 0));
        parts.Send(probe.Ref, call, TestActor, isLocal: false);
        object? whole = null;
        for (var i = 0; whole is null; i++)
        {
            var part = probe.ExpectMsg<QuorumPart>();
            Assert.InRange(part.Bytes.Length, 1, QuorumParts.PartBytes);
            Assert.Equal(i, part.Index);
            whole = parts.Add(TestActor, part);
        }

        var read = Assert.IsType<AppendEntries>(Assert.IsType<QuorumCall>(whole).Request);
        Assert.Equal(300_000, Assert.Single(read.Entries).Bytes.Length);
        parts.Send(probe.Ref, call, TestActor, isLocal: true);
        probe.ExpectMsg<QuorumCall>();
    }

    [Fact]
    public void A_message_of_which_a_piece_was_lost_is_dropped()
    {
        var parts = new QuorumParts();
        Assert.Null(parts.Add(TestActor, new QuorumPart(1, 0, 3, true, new byte[10])));
        Assert.Null(parts.Add(TestActor, new QuorumPart(1, 2, 3, true, new byte[10])));
        Assert.Null(parts.Add(TestActor, new QuorumPart(1, 1, 3, true, new byte[10])));
    }
}
