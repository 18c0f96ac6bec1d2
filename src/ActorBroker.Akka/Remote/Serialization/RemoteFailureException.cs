using Akka.Actor;

namespace Akka.Remote.Serialization;

/// <summary>A failure on another node of a type that does not travel.</summary>
internal sealed class RemoteFailureException(string typeName, string text, Exception? cause) : AkkaException($"{typeName}: {text}", cause)
{
    public string TypeName => typeName;

    public string Text => text;
}
