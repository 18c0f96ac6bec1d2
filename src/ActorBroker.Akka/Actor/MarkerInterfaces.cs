namespace Akka.Actor;

/// <summary>Handled by the engine, not by the actor.</summary>
public interface IAutoReceivedMessage
{
}

/// <summary>Refused when it comes from another node by the untrusted path.</summary>
public interface IPossiblyHarmful
{
}

/// <summary>Does not count as activity for the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout
{
}

/// <summary>Never leaves the process: <c>serialize-messages</c> lets it pass as it is.</summary>
public interface INoSerializationVerificationNeeded
{
}
