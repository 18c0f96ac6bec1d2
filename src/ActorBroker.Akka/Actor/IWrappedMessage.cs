namespace Akka.Actor;

/// <summary>An envelope of the engine's around a message.</summary>
public interface IWrappedMessage
{
    object Message { get; }
}
