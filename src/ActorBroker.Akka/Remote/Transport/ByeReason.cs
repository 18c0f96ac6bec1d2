namespace Akka.Remote.Transport;

/// <summary>Why a connection is closed on purpose, or not let in.</summary>
internal enum ByeReason : byte
{
    Shutdown = 1,
    Quarantined = 2,
    Superseded = 3,

    /// <summary>Version, cookie or address do not fit.</summary>
    Mismatch = 4,
    TooMany = 5,
}
