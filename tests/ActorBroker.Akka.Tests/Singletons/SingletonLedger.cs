using System.Collections.Concurrent;
using Akka.Actor;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Singletons;

/// <summary>Where singletons run, and what they have got.</summary>
internal sealed class SingletonLedger
{
    private readonly Lock _lock = new();
    private readonly List<int> _running = [];

    public ConcurrentQueue<EntityMessage> Received { get; } = new();

    public ConcurrentBag<string> Twins { get; } = [];

    public int Starts { get; private set; }

    /// <summary>Port of the node where it runs; 0 when it does not.</summary>
    public int Port
    {
        get
        {
            lock (_lock)
                return _running.FirstOrDefault();
        }
    }

    public void Started(int port)
    {
        lock (_lock)
        {
            _running.Add(port);
            Starts++;
            if (_running.Count > 1)
                Twins.Add(string.Join(',', _running));
        }
    }

    public void Stopped(int port)
    {
        lock (_lock)
            _running.Remove(port);
    }

    public sealed class Singleton(int port, SingletonLedger ledger) : UntypedActor
    {
        protected override void PreStart() => ledger.Started(port);

        protected override void PostStop() => ledger.Stopped(port);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case StopEntity:
                    Context.Stop(Self);
                    break;
                case EntityMessage { Text: LedgerEntity.Where }:
                    Sender.Tell(new EntityReply("singleton", port), Self);
                    break;
                case EntityMessage { Text: LedgerEntity.Fail }:
                    throw new InvalidOperationException("as the test wants it");
                case EntityMessage m:
                    ledger.Received.Enqueue(m);
                    break;
            }
        }
    }
}
