namespace ActorBroker.Network.Connections;

/// <summary>Something with a deadline on a <see cref="TimingWheel"/>; its own list node. The fields belong to the wheel.</summary>
internal abstract class WheelEntry
{
    internal WheelEntry? Next;
    internal WheelEntry? Previous;
    internal long DueTick;
    internal bool IsQueued;

    /// <summary>The deadline has passed. On the wheel's thread: must only mark and wake.</summary>
    internal abstract void OnDue();
}
