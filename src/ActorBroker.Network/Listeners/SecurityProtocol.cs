namespace ActorBroker.Network.Listeners;

/// <summary>Kafka's security protocols of a listener.</summary>
public enum SecurityProtocol
{
    Plaintext,
    Ssl,
    SaslPlaintext,
    SaslSsl,
}
