namespace ActorBroker.Core.Metadata;

/// <summary>Kafka's internal topics.</summary>
public static class InternalTopics
{
    public const string ConsumerOffsets = "__consumer_offsets";
    public const string TransactionState = "__transaction_state";
    public const string ShareGroupState = "__share_group_state";

    public static bool Contains(string topic) => topic is ConsumerOffsets or TransactionState or ShareGroupState;
}
