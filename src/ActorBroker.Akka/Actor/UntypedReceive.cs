namespace Akka.Actor;

/// <summary>A behavior that knows every message or calls Unhandled itself.</summary>
public delegate void UntypedReceive(object message);
