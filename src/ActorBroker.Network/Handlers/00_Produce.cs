using System.Runtime.CompilerServices;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Network.Produce;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Produce: each partition's batch is validated here, on the connection's thread, and handed to the partition; what cannot be appended is
/// settled at once with its error, the other partitions go on. The handler returns when all are handed over, so requests of one connection
/// reach their partitions in order and overlap with the writes of earlier ones.
///
/// Versions 0 to 2 are advertised but refused: old librdkafka decides by "Produce overlaps 0" whether it may compress (KAFKA-18659).
/// Transactional batches are refused until transactions exist: 53 without a transactional id, else 49, as for an unknown producer id.
/// </summary>
public sealed class ProduceHandler : IConnectionHandler
{
    private static readonly TimeSpan LeaderWait = TimeSpan.FromSeconds(2);

    public ApiKey Key => ApiKey.Produce;

    public short MinVersion => 3;

    public short MaxVersion => 13;

    public short AdvertisedMinVersion => 0;

    bool IConnectionHandler.RunsAhead => true;

    ValueTask IConnectionHandler.HandleAsync(Connection connection, RequestHeader header, int bodyOffset, Frame frame) =>
        connection.Produce.HasRoom(frame.Length)
            ? Start(connection, header, bodyOffset, frame)
            : WaitAndStartAsync(connection, header, bodyOffset, frame);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WaitAndStartAsync(Connection connection, RequestHeader header, int bodyOffset, Frame frame)
    {
        try
        {
            await connection.Produce.WaitForRoomAsync(frame.Length).ConfigureAwait(false);
        }
        catch
        {
            frame.Release();
            throw;
        }

        await Start(connection, header, bodyOffset, frame).ConfigureAwait(false);
    }

    private static ValueTask Start(Connection connection, RequestHeader header, int bodyOffset, Frame frame)
    {
        var pipeline = connection.Produce;
        var operation = pipeline.Rent();
        operation.Begin(header, frame);
        try
        {
            ProduceRequestParser.Parse(operation, bodyOffset);
        }
        catch
        {
            pipeline.Return(operation);
            throw;
        }

        var mayWriteInternal = header.ClientIdBytes is { } id && id.Span.SequenceEqual("__admin_client"u8);
        var allFound = Resolve(connection, operation, mayWriteInternal);
        operation.Arm();
        pipeline.Add(operation);
        if (!allFound) return StartLateAsync(connection, operation);
        HandOver(connection, operation);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Metadata names this node as the leader of a partition that it does not lead yet: a leader in metadata takes records.
    /// </summary>
    private static async ValueTask StartLateAsync(Connection connection, ProduceOperation operation)
    {
        var services = connection.Services;
        for (var t = 0; t < operation.Topics.Count; t++)
        {
            var topic = operation.Topics[t];
            var image = operation.FindTopic(services.Metadata.Current, topic);
            for (var p = topic.FirstPartition; p < topic.FirstPartition + topic.PartitionCount; p++)
            {
                var append = operation[p];
                if (append.Target is not null || append.Result.Error != ErrorCode.None) continue;
                append.Target = image is null
                    ? null
                    : await services.Partitions.WaitForLeaderAsync(image.Name, append.PartitionIndex, LeaderWait, connection.Cancel)
                        .ConfigureAwait(false);
                if (append.Target is null) append.Result = AppendResult.Failed(ErrorCode.NotLeaderOrFollower);
            }
        }

        HandOver(connection, operation);
    }

    /// <summary>
    /// Finds the partitions and settles the errors that need no look at records. False when a partition is to be waited for.
    /// </summary>
    private static bool Resolve(Connection connection, ProduceOperation operation, bool mayWriteInternal)
    {
        var services = connection.Services;
        var allFound = true;
        for (var t = 0; t < operation.Topics.Count; t++)
        {
            var topic = operation.Topics[t];
            for (var p = topic.FirstPartition; p < topic.FirstPartition + topic.PartitionCount; p++)
            {
                var append = operation[p];
                append.Target = operation.Version >= 13
                    ? services.Partitions.Find(topic.Id, append.PartitionIndex)
                    : services.Partitions.Find(operation.NameOf(topic), append.PartitionIndex);
                if (append.Target is null) allFound &= Explain(connection, operation, topic, append);
                else if (InternalTopics.Contains(append.Target.Topic) && !mayWriteInternal)
                    append.Result = AppendResult.Failed(ErrorCode.InvalidTopicException);
            }
        }

        return allFound;
    }

    /// <summary>Why a partition is not led here. False when it should be and is not yet.</summary>
    private static bool Explain(Connection connection, ProduceOperation operation, in ProduceTopic topic, ProduceAppend append)
    {
        var image = connection.Services.Metadata.Current;
        var known = operation.FindTopic(image, topic);
        if (known is null || (uint)append.PartitionIndex >= (uint)known.Partitions.Length)
        {
            var code = known is null && operation.Version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            append.Result = AppendResult.Failed(code);
            return true;
        }

        var partition = known.Partitions[append.PartitionIndex];
        if (partition.Leader == connection.Services.Settings.NodeId) return false;
        append.Result = AppendResult.Failed(ErrorCode.NotLeaderOrFollower);
        append.LeaderId = partition.Leader;
        append.CurrentLeaderEpoch = partition.LeaderEpoch;
        return true;
    }

    private static void HandOver(Connection connection, ProduceOperation operation)
    {
        var refusal = Refusal(operation);
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < operation.Count; i++)
        {
            var append = operation[i];
            if (refusal != ErrorCode.None) append.Result = AppendResult.Failed(refusal);
            if (append.Result.Error == ErrorCode.None && ProduceAdmission.TryAdmit(operation, append, connection.Services.Pool, nowMs))
                append.Target!.Append(append);
            else operation.Settle();
        }

        operation.Settle();
    }

    /// <summary>What refuses the request as a whole, in every partition.</summary>
    private static ErrorCode Refusal(ProduceOperation operation)
    {
        for (var i = 0; i < operation.Count && !operation.HasTransactionalId; i++)
            if (ProduceAdmission.IsTransactional(operation, operation[i])) return ErrorCode.TransactionalIdAuthorizationFailed;
        return operation.Acks is < -1 or > 1 ? ErrorCode.InvalidRequiredAcks : ErrorCode.None;
    }
}
