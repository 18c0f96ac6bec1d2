using Akka.Actor;

namespace Akka.Remote;

/// <summary>An association could not be made or has broken.</summary>
internal class RemoteTransportException(string message, Exception? cause = null) : AkkaException(message, cause);
