using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>Writes what it gets into the ledger; some texts are commands.</summary>
internal sealed class LedgerEntity(string id, int port, EntityLedger ledger) : UntypedActor
{
    public const string Passivate = "passivate";
    public const string Fail = "fail";
    public const string StopYourself = "stop yourself";
    public const string Where = "where";

    protected override void PreStart() => ledger.Started(id, port);

    protected override void PostStop() => ledger.Stopped(id, port);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StopEntity:
                Context.Stop(Self);
                break;
            case EntityMessage m:
                ledger.Received(m);
                Obey(m);
                break;
        }
    }

    private void Obey(EntityMessage message)
    {
        switch (message.Text)
        {
            case Passivate:
                Context.Parent.Tell(new Passivate(StopEntity.Instance), Self);
                break;
            case Fail:
                throw new InvalidOperationException("as the test wants it");
            case StopYourself:
                Context.Stop(Self);
                break;
            case Where:
                Sender.Tell(new EntityReply(id, port), Self);
                break;
        }
    }
}

/// <summary>Makes an entity stop.</summary>
internal sealed record StopEntity : INoSerializationVerificationNeeded
{
    public static readonly StopEntity Instance = new();
}
