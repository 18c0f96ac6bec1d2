using System.Net;

namespace ActorBroker.Network.Connections;

/// <summary>
/// The byte stream of a connection. One reader and one sender at a time, which may be different threads. Plain sockets and TLS differ
/// behind it; TLS cannot try, so there <see cref="TryReceive"/> and <see cref="TrySend"/> always say "would block".
/// Every member throws <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> once the stream is broken or closed.
/// </summary>
internal abstract class Transport
{
    /// <summary>What the Try members return when the operation has to wait.</summary>
    public const int WouldBlock = -1;

    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Receives what is there, 0 at the end of the stream, or <see cref="WouldBlock"/>.</summary>
    public abstract int TryReceive(Span<byte> buffer);

    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Completes when a receive may not have to wait, without holding a buffer meanwhile.</summary>
    public abstract ValueTask WaitReadableAsync();

    /// <summary>Sends as much as goes without waiting and returns how much that was, or <see cref="WouldBlock"/>.</summary>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>As the other overload, for several pieces in one call of the system.</summary>
    public abstract int TrySend(IList<ArraySegment<byte>> pieces);

    /// <summary>Sends at least one byte and returns how many went.</summary>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the stream; operations under way fail. May be called from any thread, more than once.</summary>
    public abstract void Close();
}
