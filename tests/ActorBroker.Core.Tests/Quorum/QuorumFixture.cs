using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Quorum;

/// <summary>Acceptors, and requests that wait until a test delivers them to the voters it names.</summary>
internal sealed class QuorumFixture
{
    private readonly Dictionary<int, AcceptorMachine> _acceptors = [];
    private readonly List<SendToVoter> _waiting = [];
    private int _owners;

    public QuorumFixture(int voters)
    {
        Set = new VoterSet(1, [.. Enumerable.Range(1, voters).Select(id => new Voter(id, new Uuid(7, (ulong)id), "host", id))]);
        foreach (var voter in Set.Voters)
        {
            var acceptor = new AcceptorMachine();
            acceptor.Apply(new VoterCreated(voter.Id, voter.FileId));
            acceptor.Apply(new ClusterJoined("c"));
            acceptor.Apply(new VotersDecided(Set));
            _acceptors.Add(voter.Id, acceptor);
        }
    }

    public VoterSet Set { get; }

    /// <summary>What the machines have told, requests apart.</summary>
    public List<QuorumOutput> Told { get; } = [];

    public AcceptorMachine this[int voter] => _acceptors[voter];

    public void Put(int voter, params QuorumEntry[] entries) => this[voter].Apply(new EntriesAccepted("a", entries[^1].Ballot, 0, entries));

    public void Promise(int voter, Ballot ballot) => this[voter].Apply(new PromiseMade("a", ballot, 99));

    public OwnerMachine Own(int node, Ballot seen = default)
    {
        var owner = new OwnerMachine("a", new OwnerSettings(node, 5, "c"), Set, seen, 1_000 + _owners, ++_owners);
        owner.Start(0).ForEach(Enqueue);
        return owner;
    }

    public OwnerMachine Owning(int node)
    {
        var owner = Own(node);
        Deliver(owner, 1, 2);
        Assert.True(owner.IsOwning);
        return owner;
    }

    public void Enqueue(QuorumOutput output)
    {
        if (output is SendToVoter send) _waiting.Add(send);
        else Told.Add(output);
    }

    /// <summary>Carries the requests to these voters and their answers back until nothing is left for them; the others' wait.</summary>
    public void Deliver(OwnerMachine owner, params int[] voters)
    {
        while (_waiting.FirstOrDefault(send => voters.Contains(send.Voter.Id)) is { } send)
        {
            _waiting.Remove(send);
            var acceptor = this[send.Voter.Id];
            var decision = acceptor.Decide(new QuorumCall("c", send.Voter.FileId, send.Request));
            foreach (var record in decision.Records) acceptor.Apply(record);
            owner.Receive(send.Voter.Id, decision.Reply, 0).ForEach(Enqueue);
        }
    }
}

internal static class QuorumOutputs
{
    public static void ForEach(this IReadOnlyList<QuorumOutput> outputs, Action<QuorumOutput> action)
    {
        foreach (var output in outputs) action(output);
    }
}
