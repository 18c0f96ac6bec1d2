using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Benchmarks.Network;

/// <summary>Finds the one partition whatever is asked for: "f…" from a file, everything else from memory.</summary>
internal sealed class BenchDirectory(IPartition memory, IPartition file) : IPartitionDirectory, IMetadataSource
{
    public MetadataImage Current => MetadataImage.Empty;

    public IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition) => topicUtf8[0] == 'f' ? file : memory;

    public IPartition? Find(string topic, int partition) => topic[0] == 'f' ? file : memory;

    public IPartition? Find(Uuid topicId, int partition) => memory;

    public Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel) =>
        Task.FromResult<IPartition?>(memory);

    public Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<LogDirectoryDescription>>([]);

    public Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel) => Task.FromResult(true);
}
