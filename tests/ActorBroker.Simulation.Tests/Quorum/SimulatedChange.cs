using ActorBroker.Core.Quorum;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>A command to change the voters, carried as <c>QuorumClientActor</c> does.</summary>
internal sealed class SimulatedChange(QuorumWorld world, SimulatedNode node, VoterChange change, int tag)
{
    private VoterChangeMachine _machine = null!;
    private bool _isStopped;

    public int Tag => tag;

    private bool IsAlive => !_isStopped && node.Runs(this);

    public void Start()
    {
        var settings = new OwnerSettings(node.Id, world.NowMs, QuorumWorld.ClusterId) { TimeoutMs = 8_000, RetransmitMs = 100 };
        _machine = new VoterChangeMachine(change, settings, node.Known, world.NextNonce(), tag);
        Carry(_machine.Start(world.NowMs));
        Tick();
    }

    public void Stop()
    {
        _isStopped = true;
        node.Ended(this);
    }

    private void Tick() => world.After(25, () =>
    {
        if (!IsAlive) return;
        Carry(_machine.Tick(world.NowMs));
        Tick();
    });

    private void Carry(IReadOnlyList<QuorumOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SendToVoter send:
                    node.Send(send.Voter, send.Request, (_, reply) =>
                    {
                        if (IsAlive) Carry(_machine.Receive(reply, world.NowMs));
                    });
                    break;
                case TakeBallotOf take:
                    node.TakeBallot(take.Log, take.Voters, take.Seen, () =>
                    {
                        if (IsAlive) Carry(_machine.BallotTaken(take.Log, world.NowMs));
                    });
                    break;
                case VotersAre done:
                    world.Invariants.ChangesDone++;
                    if (done.Voters.Epoch > node.Known.Epoch) node.Known = done.Voters;
                    Stop();
                    break;
                case VoterChangeFailed:
                    if (_machine.Voters.Epoch > node.Known.Epoch) node.Known = _machine.Voters;
                    Stop();
                    if (world.IsHealed) world.After(100, node.FinishChange);
                    break;
            }
        }
    }
}
