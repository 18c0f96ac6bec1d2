namespace ActorBroker.Storage.Flushing;

/// <summary>Threads that run flush work; completions by callback on those threads.</summary>
public sealed class LogFlusher
{
}
