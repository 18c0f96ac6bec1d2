namespace Akka.Remote;

/// <summary>Milliseconds of a monotonic clock.</summary>
public delegate long Clock();
