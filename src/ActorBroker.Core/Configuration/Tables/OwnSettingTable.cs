using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Settings that Kafka does not have; all begin with <c>actorbroker.</c></summary>
public static class OwnSettingTable
{
    public const string Prefix = "actorbroker.";

    /// <summary>An operator's wish that a broker leads nothing.</summary>
    public const string Drain = "actorbroker.broker.drain";

    public static readonly SettingDefinition[] Definitions =
    [
        Bool(Drain, "false", PerBroker,
            "Set at run time to drain a broker: it leads only what nobody else can lead and gets nothing new."),
        Int("actorbroker.controller.inbox.max.commands", "10000", ReadOnly,
            "Commands that may wait for the controller; further ones are refused at once with REQUEST_TIMED_OUT.",
            AtLeast(1)),
        Int("actorbroker.controller.restart.backoff.ms", "200", ReadOnly,
            "Milliseconds before the controller is started again after its journal failed; doubled up to 10 s.",
            AtLeast(1)),
        Int("actorbroker.controller.snapshot.batches", "2000", ReadOnly,
            "Metadata batches in the journal after which the controller writes a snapshot and cuts the journal.",
            AtLeast(1)),
        Int("actorbroker.gateway.fetch.session.eviction.ms", "120000", ReadOnly,
            "Milliseconds of disuse after which another client may take a fetch session's slot.",
            AtLeast(0)),
        Int("actorbroker.gateway.file.chunk.bytes", "262144", ReadOnly,
            "Bytes read from a segment file before they are sent; small enough to stay in the processor's cache.",
            AtLeast(4096)),
        Int("actorbroker.gateway.frame.timeout.ms", "30000", ReadOnly,
            "Milliseconds that a request may take to arrive once it has begun, plus one second for each 8 KiB.",
            AtLeast(1)),
        Int("actorbroker.gateway.produce.ahead.bytes", "8388608", ReadOnly,
            "Bytes of one connection's produce requests that may be under way at once; the first always may.",
            AtLeast(1)),
        Int("actorbroker.gateway.produce.ahead.requests", "32", ReadOnly,
            "Produce requests of one connection that may be under way at once; the others wait in the socket.",
            AtLeast(1)),
        Int("actorbroker.gateway.read.threads", "2", ReadOnly,
            "Threads for reads that have to wait for the disk.",
            AtLeast(1)),
        Int("actorbroker.gateway.write.timeout.ms", "60000", ReadOnly,
            "Milliseconds after which a peer is closed that takes no byte of a waiting response.",
            AtLeast(1)),
        Text("actorbroker.http.listen", "127.0.0.1:9644", ReadOnly,
            "Address of the HTTP port with /metrics, /livez and /readyz; empty for none. When the default address is taken the node goes on without."),
        Text("actorbroker.log.level", "Information", ReadOnly,
            "What the node logs: Trace, Debug, Information, Warning, Error."),
        Long("actorbroker.memory.buffers.bytes", "268435456", ReadOnly,
            "Memory for requests and newly appended records, all connections together; above it connections are read no further.",
            AtLeast(1048576)),
        Long("actorbroker.memory.buffers.retained.bytes", "33554432", ReadOnly,
            "Unused buffers that are kept for the next request.",
            AtLeast(0)),
        Bool("actorbroker.produce.validate.records", "true", ReadOnly,
            "Look at every record of a produced batch, not at its header and checksum alone. Turning it off saves processor time and " +
            "trusts the clients."),
        Long("actorbroker.storage.checkpoint.interval.ms", "5000", ReadOnly,
            "Milliseconds between two writes of high watermarks and producer states.",
            AtLeast(1)),
        Long("actorbroker.storage.flush.bytes", "67108864", ReadOnly,
            "Bytes appended to a log after which it is synced in the background, so that recovery after a crash stays short.",
            AtLeast(1)),
        Long("actorbroker.storage.flush.interval.ms", "30000", ReadOnly,
            "Milliseconds after the first unsynced byte at which a log is synced in the background.",
            AtLeast(1)),
        Int("actorbroker.storage.flush.threads", "2", ReadOnly,
            "Threads that sync logs.",
            AtLeast(1)),
        Int("actorbroker.storage.open.files.max", "4096", ReadOnly,
            "Segment and index files that stay open between uses.",
            AtLeast(16)),
        Int("actorbroker.storage.reserve.from.bytes", "262144", ReadOnly,
            "Size of a segment from which on disk space is reserved ahead; smaller ones reserve nothing.",
            AtLeast(0)),
        Int("actorbroker.storage.reserve.step.max.bytes", "67108864", ReadOnly,
            "Largest step in which disk space is reserved.",
            AtLeast(4096)),
        Int("actorbroker.storage.reserve.step.min.bytes", "1048576", ReadOnly,
            "First step in which disk space is reserved; each further one is twice as large.",
            AtLeast(4096)),
        Long("actorbroker.storage.tail.age.max.ms", "10000", ReadOnly,
            "Milliseconds for which newly appended bytes stay in memory for readers at the end of a log.",
            AtLeast(0)),
        Long("actorbroker.storage.tail.bytes", "67108864", ReadOnly,
            "Memory for newly appended bytes, all partitions together.",
            AtLeast(0)),
        Int("actorbroker.storage.tail.partition.bytes", "8388608", ReadOnly,
            "Memory for newly appended bytes of one partition.",
            AtLeast(0)),
    ];
}
