namespace Akka.Remote.Transport;

/// <summary>A connection's bytes, plain or encrypted. One reader and one writer at a time.</summary>
internal abstract class Wire : IDisposable
{
    /// <summary>For log lines.</summary>
    public abstract string Peer { get; }

    /// <returns>Zero when the other side has closed.</returns>
    public abstract ValueTask<int> Receive(Memory<byte> into);

    public abstract ValueTask Send(List<ArraySegment<byte>> pieces);

    public abstract ValueTask Send(byte[] bytes);

    public abstract void Dispose();

    /// <exception cref="EndOfStreamException">The other side has closed.</exception>
    public async ValueTask ReceiveAll(Memory<byte> into)
    {
        while (into.Length > 0)
        {
            var received = await Receive(into).ConfigureAwait(false);
            if (received == 0)
                throw new EndOfStreamException("The connection was closed");
            into = into[received..];
        }
    }
}
