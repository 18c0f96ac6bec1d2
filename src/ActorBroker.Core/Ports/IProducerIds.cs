using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>Producer ids that nobody in the cluster has had before.</summary>
public interface IProducerIds
{
    ValueTask<ProducerIdResult> NextAsync(CancellationToken cancel);
}

public readonly record struct ProducerIdResult(KafkaError Error, long ProducerId);
