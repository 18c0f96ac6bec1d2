using ActorBroker.Network.Listeners;

namespace ActorBroker.Network;

/// <summary>
/// What the gateway may spend and how long it waits. Names follow Kafka's broker configs where Kafka has them; the rest are
/// <c>actorbroker.gateway.*</c>. Bytes and milliseconds.
/// </summary>
public sealed record GatewaySettings
{
    public int NodeId { get; init; } = 1;

    /// <summary><c>socket.request.max.bytes</c>: larger or negative frames close the connection (R3).</summary>
    public int MaxRequestBytes { get; init; } = 104_857_600;

    /// <summary><c>connections.max.idle.ms</c>; -1 keeps idle connections for ever.</summary>
    public long MaxIdleMs { get; init; } = 600_000;

    /// <summary>How many connections may come in, to begin with; <see cref="Gateway.Change"/> replaces it.</summary>
    public ConnectionLimits Connections { get; init; } = ConnectionLimits.None;

    /// <summary><c>socket.listen.backlog.size</c>.</summary>
    public int Backlog { get; init; } = 511;

    /// <summary><c>socket.send.buffer.bytes</c>; -1 leaves it to the operating system.</summary>
    public int SendBufferBytes { get; init; } = -1;

    /// <summary><c>socket.receive.buffer.bytes</c>; -1 leaves it to the operating system.</summary>
    public int ReceiveBufferBytes { get; init; } = -1;

    /// <summary>A peer that takes no byte of a waiting response for so long is closed.</summary>
    public int WriteTimeoutMs { get; init; } = 60_000;

    /// <summary>What a started frame may take, plus a second for each 8 KiB that have arrived.</summary>
    public int FrameTimeoutMs { get; init; } = 30_000;

    /// <summary>Produce requests of one connection that may be under way at once; the others wait in the socket.</summary>
    public int MaxProduceAhead { get; init; } = 32;

    /// <summary>Bytes of the produce requests of one connection that may be under way at once, the first of them apart.</summary>
    public int MaxProduceAheadBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary><c>fetch.max.bytes</c> of the broker: no response is planned larger.</summary>
    public int MaxFetchBytes { get; init; } = 57_671_680;

    /// <summary>Consumers are sent to a replica in their rack (KIP-392, <c>replica.selector.class</c>).</summary>
    public bool SelectsReplicaByRack { get; init; }

    /// <summary><c>max.incremental.fetch.session.cache.slots</c>.</summary>
    public int MaxFetchSessions { get; init; } = 1000;

    /// <summary>How long a fetch session stays unused before another may take its slot.</summary>
    public long FetchSessionEvictionMs { get; init; } = 120_000;

    /// <summary>
    /// Threads that wait for data of connections, at most one a processor; 0 leaves it to the runtime, as it is where the poll is not
    /// supported.
    /// </summary>
    public int PollThreads { get; init; } = 4;

    /// <summary>Threads for reads that would wait for the disk.</summary>
    public int ReadThreads { get; init; } = 2;

    /// <summary>
    /// Bytes read from a segment file before they are sent; small enough to stay in the processor's cache between the two.
    /// </summary>
    public int FileChunkBytes { get; init; } = 256 * 1024;
}
