namespace ActorBroker.Core.Ports;

/// <summary>Creates Kafka's internal topics on first use; the controller stands behind it.</summary>
public interface IInternalTopicCreator
{
    /// <summary>
    /// Creates the topic with the given partitions and configs and a replication factor that the cluster can carry. Ends when the
    /// controller has answered; a topic that exists already is not an error. Throws nothing: a failure is logged by the implementation,
    /// and the next use tries again.
    /// </summary>
    Task EnsureAsync(string topic, int partitions, IReadOnlyDictionary<string, string> configs, CancellationToken cancel);
}
