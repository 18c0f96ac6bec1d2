using System.Globalization;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// The samples of single partitions, which alerts and lag dashboards take: each node speaks for those that it leads, so that a partition
/// is told once in a cluster.
/// </summary>
internal sealed class PartitionMetrics(int nodeId, MetadataImage image, IEnumerable<IPartition> partitions)
{
    private readonly List<(IPartition Led, PartitionImage Known, (string, string)[] Labels)> _led = Join(image, partitions);

    /// <summary>Partitions with replicas out of sync.</summary>
    public int UnderReplicated => _led.Count(entry => IsUnderReplicated(entry.Known));

    /// <summary>Partitions that do not take records with acks=all.</summary>
    public int UnderMinInSync => _led.Count(entry => entry.Known.Isr.Length < MinInSync(entry.Led, entry.Known));

    public void Render(PrometheusText text)
    {
        text.Family("kafka_topic_partitions", "gauge", "Partitions of a topic.");
        foreach (var topic in image.Topics.Values) text.Sample("kafka_topic_partitions", topic.Partitions.Length, ("topic", topic.Name));
        Each(text, "kafka_topic_partition_current_offset", "High watermark of a partition.", (led, _) => led.View.HighWatermark);
        Each(text, "kafka_topic_partition_oldest_offset", "Log start offset of a partition.", (led, _) => led.View.LogStartOffset);
        Each(text, "kafka_topic_partition_leader", "The broker that leads a partition.", (_, known) => known.Leader);
        Each(text, "kafka_topic_partition_leader_is_preferred", "1 when the preferred replica leads.",
            (_, known) => known.Replicas[0] == nodeId ? 1 : 0);
        Each(text, "kafka_topic_partition_replicas", "Replicas of a partition.", (_, known) => known.Replicas.Length);
        Each(text, "kafka_topic_partition_in_sync_replica", "Replicas in sync of a partition.", (_, known) => known.Isr.Length);
        Each(text, "kafka_topic_partition_under_replicated_partition", "1 when replicas of a partition are out of sync.",
            (_, known) => IsUnderReplicated(known) ? 1 : 0);
        Each(text, "kafka_cluster_partition_underminisr", "1 when fewer replicas than min.insync.replicas are in sync.",
            (led, known) => known.Isr.Length < MinInSync(led, known) ? 1 : 0);
        Each(text, "kafka_cluster_partition_atminisr", "1 when no replica may be lost without going below min.insync.replicas.",
            (led, known) => known.Isr.Length == MinInSync(led, known) ? 1 : 0);
    }

    private static List<(IPartition Led, PartitionImage Known, (string, string)[] Labels)> Join(MetadataImage image, IEnumerable<IPartition> partitions)
    {
        var joined = new List<(IPartition, PartitionImage, (string, string)[])>();
        foreach (var led in partitions)
        {
            if (!image.Topics.TryGetValue(led.Topic, out var topic) || led.Index >= topic.Partitions.Length) continue;
            (string, string)[] labels = [("partition", led.Index.ToString(CultureInfo.InvariantCulture)), ("topic", led.Topic)];
            joined.Add((led, topic.Partitions[led.Index], labels));
        }

        return joined;
    }

    private static bool IsUnderReplicated(PartitionImage known) => known.Isr.Length < known.Replicas.Length;

    private static int MinInSync(IPartition led, PartitionImage known) => Math.Min(led.Settings.MinInSyncReplicas, known.Replicas.Length);

    private void Each(PrometheusText text, string name, string help, Func<IPartition, PartitionImage, double> value)
    {
        text.Family(name, "gauge", help);
        foreach (var (led, known, labels) in _led) text.Sample(name, value(led, known), labels);
    }
}
