using ActorBroker.Core.Kernel;

namespace ActorBroker.Network.Connections;

/// <summary>One whole request (without its length prefix) in one piece of a pooled buffer. Holds a lease; release it once.</summary>
internal readonly struct Frame(LeasedBuffer buffer, int start, int length)
{
    public LeasedBuffer Buffer => buffer;

    public int Start => start;

    public int Length => length;

    public ReadOnlyMemory<byte> Memory => buffer.Memory(start, length);

    public void Release() => buffer.Release();
}
