using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Quotas and metrics.</summary>
public static class ObservationSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Int("alter.log.dirs.replication.quota.window.num", "11", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("alter.log.dirs.replication.quota.window.size.seconds", "1", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Class("client.quota.callback.class", null, ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.")
            with { HasEffect = false },
        Int("kafka.metrics.polling.interval.secs", "10", ReadOnly,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.",
            AtLeast(1)) with { HasEffect = false },
        List("kafka.metrics.reporters", "", ReadOnly,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.",
            AnyList) with { HasEffect = false },
        List("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter", ClusterWide,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.",
            AnyList) with { HasEffect = false },
        Int("metrics.num.samples", "2", ReadOnly,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.",
            AtLeast(1)) with { HasEffect = false },
        Text("metrics.recording.level", "INFO", ReadOnly,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.")
            with { HasEffect = false },
        Long("metrics.sample.window.ms", "30000", ReadOnly,
            "Kafka's metrics in Java; taken as it is, without effect: metrics are scraped over HTTP.",
            AtLeast(1)) with { HasEffect = false },
        Int("quota.window.num", "11", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("quota.window.size.seconds", "1", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("telemetry.max.bytes", "1048576", ReadOnly,
            "Largest metrics push of a client, uncompressed.",
            AtLeast(1)),
    ];
}
