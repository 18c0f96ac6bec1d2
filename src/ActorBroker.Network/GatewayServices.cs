using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Network.Fetch;
using ActorBroker.Network.Files;
using ActorBroker.Network.Metrics;

namespace ActorBroker.Network;

/// <summary>What all connections of a gateway share.</summary>
internal sealed record GatewayServices(
    GatewaySettings Settings, BufferPool Pool, IPartitionDirectory Partitions, IMetadataSource Metadata, GatewayMetrics Metrics,
    IGatewayLog Log)
{
    public ReadGate Gate { get; } = new(Pool);

    /// <summary>Where connections wait for data; null leaves it to the runtime.</summary>
    public ReadinessPoll? Poll { get; } = Settings.PollThreads > 0 && ReadinessPoll.IsSupported
        ? new ReadinessPoll(Math.Min(Settings.PollThreads, Environment.ProcessorCount))
        : null;

    public TimingWheel Wheel { get; } = new();

    public WriterPool Writers { get; } = new();

    public FetchSessionCache FetchSessions { get; } = new(Settings.MaxFetchSessions, Settings.FetchSessionEvictionMs);

    public ReadPool ReadPool { get; } = new(Settings.ReadThreads);
}
