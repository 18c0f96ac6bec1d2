namespace ActorBroker.Network.Connections;

/// <summary>The end of a throttled connection's pause.</summary>
internal sealed class MuteTimer : WheelEntry
{
    public WakeSignal Elapsed { get; } = new();

    internal override void OnDue() => Elapsed.Set(inline: false);
}
