namespace Akka.Remote;

/// <summary>Overtakes ordinary messages on its way to another node: heartbeats must not wait behind bulk.</summary>
internal interface IPriorityMessage
{
}
