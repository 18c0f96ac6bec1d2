namespace Akka.Remote.Transport;

/// <summary>What the pump of an association is to look at, besides the queues.</summary>
[Flags]
internal enum AssociationSignals
{
    None = 0,

    /// <summary>Signs of life are due, the connection has broken, or a flush waits.</summary>
    Look = 1,

    /// <summary>System messages wait and the gate has opened.</summary>
    Retry = 2,

    /// <summary>The other node is there, whatever the gate says.</summary>
    Reopen = 4,

    /// <summary>The connection leads to an incarnation that is no more.</summary>
    Break = 8,

    /// <summary>System messages were not acknowledged in time.</summary>
    Resend = 16,

    /// <summary>A node that never answered has had its time.</summary>
    GiveUp = 32,
    OutboxFull = 64,
    Quarantine = 128,
    End = 256,
}
