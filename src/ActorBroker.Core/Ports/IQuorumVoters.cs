using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>Changes which nodes keep the metadata log.</summary>
public interface IQuorumVoters
{
    /// <summary>Makes this node a voter: it alone knows the id of the file in which it would keep the log.</summary>
    ValueTask<KafkaError> AddSelfAsync(CancellationToken cancel);

    /// <summary>Takes a voter out; <paramref name="fileId"/> must be its file's unless it is zero.</summary>
    ValueTask<KafkaError> RemoveAsync(int nodeId, Uuid fileId, CancellationToken cancel);
}
