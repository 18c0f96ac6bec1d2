using System.Runtime.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>Bytes from another node that are not what they should be.</summary>
internal sealed class WireFormatException(string message) : SerializationException(message);
