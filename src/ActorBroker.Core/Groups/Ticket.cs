namespace ActorBroker.Core.Groups;

/// <summary>Names a request that waits for its reply; 0 is none. Every ticket that a machine is given is answered exactly once.</summary>
public readonly record struct Ticket(long Id)
{
    public static readonly Ticket None = default;

    public bool IsNone => Id == 0;
}
