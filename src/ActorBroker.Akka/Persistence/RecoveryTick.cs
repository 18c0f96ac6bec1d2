using Akka.Actor;

namespace Akka.Persistence;

/// <summary>Tells a recovering actor that its recovery timeout has passed.</summary>
/// <remarks>Sent by the actor's own timer only.</remarks>
public sealed class RecoveryTick : INoSerializationVerificationNeeded
{
    public RecoveryTick(bool snapshot)
    {
        Snapshot = snapshot;
    }

    /// <summary>True while the snapshot is awaited, false while events are.</summary>
    public bool Snapshot { get; }
}
