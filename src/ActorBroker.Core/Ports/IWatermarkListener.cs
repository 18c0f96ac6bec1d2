namespace ActorBroker.Core.Ports;

/// <summary>Somebody who waits for records: a fetch session, a share session, a follower's proxy.</summary>
public interface IWatermarkListener
{
    /// <summary>The high watermark or the last stable offset of the partition registered as <paramref name="tag"/> has moved. Called on
    /// the partition's thread: must only mark and wake.</summary>
    void OnAdvanced(int tag);

    /// <summary>This node leads the partition no more; it will not call again.</summary>
    void OnClosed(int tag);
}
