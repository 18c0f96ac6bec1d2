using Akka.Actor;

namespace ActorBroker.Benchmarks.Cluster;

/// <summary>
/// Keeps a lane to one peer full: so many messages that were not answered at any time. The sink at the other end answers every
/// <see cref="Step"/>th; what is lost would stop it, so a lane that broke shows as one that carried little.
/// </summary>
internal sealed class LaneFlood : UntypedActor
{
    public const int Step = 32;

    private readonly ActorSelection _sink;
    private readonly byte[] _message;
    private readonly int _window;
    private readonly Action<int> _carried;
    private int _unanswered;
    private bool _isOn = true;

    public LaneFlood(ActorSelection sink, int bytes, int window, Action<int> carried)
    {
        _sink = sink;
        _message = new byte[bytes];
        _window = window;
        _carried = carried;
    }

    protected override void PreStart() => Fill();

    protected override void OnReceive(object message)
    {
        if (message is "stop") _isOn = false;
        if (message is not int answered) return;
        _unanswered -= answered;
        _carried(answered * _message.Length);
        Fill();
    }

    private void Fill()
    {
        for (; _isOn && _unanswered < _window; _unanswered++) _sink.Tell(_message, Self);
    }

    /// <summary>Receives what the peers send.</summary>
    internal sealed class Sink : UntypedActor
    {
        private readonly Dictionary<IActorRef, int> _received = [];

        protected override void OnReceive(object message)
        {
            var count = _received[Sender] = _received.GetValueOrDefault(Sender) + 1;
            if (count % Step == 0) Sender.Tell(Step, Self);
        }
    }
}
