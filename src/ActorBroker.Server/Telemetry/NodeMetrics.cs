using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Metrics;
using ActorBroker.Protocol;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// The node's figures under the names that Kafka's exporters give them (JMX through Strimzi's rules, kafka_exporter), so that dashboards
/// and alerts made for
/// Kafka work. Gathered when they are asked for.
/// </summary>
internal sealed class NodeMetrics(
    int nodeId, GatewayMetrics gateway, IMetadataSource metadata, Func<IEnumerable<IPartition>> partitions, BufferPool buffers,
    Func<int> offlineDirectories, Func<Task<IReadOnlyList<GroupFigures>>> groups)
{
    private static readonly ApiKey[] s_timed = [ApiKey.Produce, ApiKey.Fetch, ApiKey.Metadata, ApiKey.OffsetCommit, ApiKey.JoinGroup];

    public async Task<string> RenderAsync()
    {
        var figures = await groups().ConfigureAwait(false);
        var text = new PrometheusText();
        var image = metadata.Current;
        var each = new PartitionMetrics(nodeId, image, partitions());
        Traffic(text);
        Requests(text);
        Replicas(text, image, each);
        each.Render(text);
        Groups(text, figures);
        Process(text);
        return text.ToString();
    }

    private void Traffic(PrometheusText text)
    {
        const string topicMetrics = "kafka_server_brokertopicmetrics_";
        var topics = partitions().GroupBy(partition => partition.Topic).Select(group => (group.Key, group.First().Traffic)).ToList();
        PerTopic(text, topicMetrics + "messagesin_total", "Records appended.", gateway.RecordsProduced, topics, traffic => traffic.RecordsIn);
        PerTopic(text, topicMetrics + "bytesin_total", "Bytes of record batches appended.", gateway.BytesProduced, topics, traffic => traffic.BytesIn);
        PerTopic(text, topicMetrics + "bytesout_total", "Bytes sent to consumers.", gateway.BytesFetched, topics, traffic => traffic.BytesOut);
        text.Single(topicMetrics + "totalproducerequests_total", "counter", "Produce requests.", gateway.Api(ApiKey.Produce).Requests);
        text.Single(topicMetrics + "totalfetchrequests_total", "counter", "Fetch requests.", gateway.Api(ApiKey.Fetch).Requests);
        text.Single(topicMetrics + "failedproducerequests_total", "counter", "Partitions of produce requests that failed.", gateway.Api(ApiKey.Produce).Failed);
        text.Single(topicMetrics + "failedfetchrequests_total", "counter", "Partitions of fetch requests that failed.", gateway.Api(ApiKey.Fetch).Failed);
        text.Single("kafka_server_socket_server_metrics_connection_count", "gauge", "Open client connections.", gateway.Connections);
        text.Single("actorbroker_connections_refused_total", "counter", "Connections closed at once because of a limit.", gateway.ConnectionsRefused);
        text.Single("actorbroker_connections_faulted_total", "counter", "Connections closed for what their peer sent.", gateway.ConnectionsFaulted);
        text.Single("actorbroker_cold_reads_total", "counter", "Reads that waited for the disk.", gateway.ColdReads);
    }

    /// <summary>The sum without a label, as Kafka's exporter has it, and a sample for each topic.</summary>
    private static void PerTopic(
        PrometheusText text, string name, string help, long sum, List<(string Topic, TopicTraffic Traffic)> topics, Func<TopicTraffic, long> count)
    {
        text.Family(name, "counter", help).Sample(name, sum);
        foreach (var (topic, traffic) in topics) text.Sample(name, count(traffic), ("topic", topic));
    }

    private void Requests(PrometheusText text)
    {
        const string requests = "kafka_network_requestmetrics_requests_total";
        text.Family(requests, "counter", "Requests by API.");
        foreach (var entry in ApiCatalog.All)
            if (gateway.Api(entry.Key).Requests is var count and > 0) text.Sample(requests, count, ("request", entry.Key.ToString()));
        const string time = "kafka_network_requestmetrics_totaltimems_total";
        text.Family(time, "counter", "Milliseconds from the whole request received to the response sent, summed up by API.");
        foreach (var api in s_timed) text.Sample(time, gateway.Api(api).TotalTimeMicros / 1000.0, ("request", api.ToString()));
    }

    private void Replicas(PrometheusText text, MetadataImage image, PartitionMetrics each)
    {
        int count = 0, leaders = 0, offline = 0;
        foreach (var topic in image.Topics.Values)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.Leader < 0) offline++;
                if (!partition.Replicas.Contains(nodeId)) continue;
                count++;
                if (partition.Leader == nodeId) leaders++;
            }
        }

        const string replicaMetrics = "kafka_server_replicamanager_";
        text.Single(replicaMetrics + "partitioncount", "gauge", "Replicas on this node.", count);
        text.Single(replicaMetrics + "leadercount", "gauge", "Partitions that this node leads.", leaders);
        text.Single(replicaMetrics + "underreplicatedpartitions", "gauge", "Led partitions with replicas out of sync.", each.UnderReplicated);
        text.Single(replicaMetrics + "underminisrpartitioncount", "gauge", "Led partitions below min.insync.replicas.", each.UnderMinInSync);
        text.Single(
            "kafka_controller_kafkacontroller_activecontrollercount", "gauge", "1 on the node that has the controller role.",
            image.ControllerId == nodeId ? 1 : 0);
        text.Single("kafka_controller_kafkacontroller_offlinepartitionscount", "gauge", "Partitions without a leader.", offline);
        text.Single("kafka_log_logmanager_offlinelogdirectorycount", "gauge", "Log directories that a disk error took offline.", offlineDirectories());
        text.Single("kafka_brokers", "gauge", "Brokers of the cluster that are not fenced.", image.Brokers.Values.Count(broker => !broker.IsFenced));
    }

    /// <summary>
    /// The groups that this node coordinates, under kafka_exporter's names. A lag is told where this node has a replica of the partition, and
    /// the sum over a topic where it has one of each: half a sum would look like a group that has caught up.
    /// </summary>
    internal static void Groups(PrometheusText text, IReadOnlyList<GroupFigures> groups)
    {
        const string metrics = "kafka_consumergroup_";
        text.Family(metrics + "members", "gauge", "Members of a consumer group.");
        foreach (var group in groups) text.Sample(metrics + "members", group.Members, ("consumergroup", group.GroupId));
        PerPosition(text, metrics + "current_offset", "Committed offset of a group in a partition.", groups, position => position.Offset);
        PerPosition(text, metrics + "lag", "Records between the committed offset and the end of a partition.", groups, position => position.Lag);
        PerTopic(text, metrics + "current_offset_sum", "Committed offsets of a group summed up over a topic.", groups, position => position.Offset);
        PerTopic(text, metrics + "lag_sum", "Lag of a group summed up over a topic.", groups, position => position.Lag);
    }

    private static void PerPosition(
        PrometheusText text, string name, string help, IReadOnlyList<GroupFigures> groups, Func<GroupPosition, long?> value)
    {
        text.Family(name, "gauge", help);
        foreach (var group in groups)
        {
            foreach (var position in group.Positions)
            {
                if (value(position) is { } known)
                    text.Sample(name, known, ("consumergroup", group.GroupId), ("partition", position.Partition.ToString()), ("topic", position.Topic));
            }
        }
    }

    private static void PerTopic(
        PrometheusText text, string name, string help, IReadOnlyList<GroupFigures> groups, Func<GroupPosition, long?> value)
    {
        text.Family(name, "gauge", help);
        foreach (var group in groups)
            foreach (var topic in group.Positions.GroupBy(position => position.Topic))
                if (topic.All(position => value(position) is not null))
                    text.Sample(name, topic.Sum(position => value(position)!.Value), ("consumergroup", group.GroupId), ("topic", topic.Key));
    }

    private void Process(PrometheusText text)
    {
        text.Single("actorbroker_buffers_in_use_bytes", "gauge", "Pooled buffers that requests and tail caches hold.", buffers.InUseBytes);
        text.Single("dotnet_gc_heap_bytes", "gauge", "Managed heap after the last collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        text.Single("process_cpu_seconds_total", "counter", "Processor time of the process.", Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Single("process_resident_memory_bytes", "gauge", "Resident memory of the process.", Environment.WorkingSet);
    }
}
