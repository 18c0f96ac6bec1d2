using ActorBroker.Core.Kernel;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>A buffer pool that must be whole again at the end of its test.</summary>
internal sealed class PoolOfTest : IDisposable
{
    public BufferPool Pool { get; } = new(1 << 24, 1 << 20);

    public void Dispose() => Assert.Equal(0, Pool.InUseBytes);
}
