using System.Diagnostics;
using System.Net.Sockets;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Produce;

/// <summary>
/// The produce requests of one connection between their start and their answer. They are answered in the order in which they came, whatever
/// the order in which their partitions settle; responses that are ready together leave in one send.
///
/// The connection's loop adds operations at the tail; one pump at a time takes ready ones from the head. Whoever makes an operation ready
/// adds to <c>_signals</c>, and who brings it from 0 to 1 is the pump: it drains, and gives the role up only if no signal came meanwhile.
/// So an operation that becomes ready while the pump looks elsewhere is seen by the same pump in its next round. A pump whose send has to
/// wait for the peer keeps the role until the bytes are gone.
///
/// The pump runs where the last append of an operation was settled, usually a partition's thread: it only encodes and tries a send without
/// waiting; the connection's loop is woken on the pool.
/// </summary>
internal sealed class ProducePipeline(Connection connection)
{
    private readonly ProduceOperation?[] _ring = new ProduceOperation?[RingSize(connection.Services.Settings.MaxProduceAhead)];
    private readonly Stack<ProduceOperation> _free = new();
    private readonly WakeSignal _progress = new();
    private int _head;
    private int _tail;
    private int _signals;
    private int _answered;
    private long _bytesAhead;

    private GatewayServices Services => connection.Services;

    /// <summary>All operations are answered and the answers were sent.</summary>
    public bool IsDrained => Volatile.Read(ref _answered) == Volatile.Read(ref _tail);

    /// <summary>Whether another request of this size may start now.</summary>
    public bool HasRoom(int bytes)
    {
        var settings = Services.Settings;
        var ahead = _tail - Volatile.Read(ref _answered);
        return ahead == 0 || (ahead < settings.MaxProduceAhead && Volatile.Read(ref _bytesAhead) + bytes <= settings.MaxProduceAheadBytes);
    }

    public async ValueTask WaitForRoomAsync(int bytes)
    {
        while (!HasRoom(bytes))
        {
            await _progress.WaitAsync().ConfigureAwait(false);
            ThrowIfClosed();
        }
    }

    /// <summary>Completes when all operations are answered and the answers were sent.</summary>
    public ValueTask DrainedAsync() => IsDrained ? ValueTask.CompletedTask : WaitUntilDrainedAsync();

    public ProduceOperation Rent()
    {
        lock (_free)
            if (_free.TryPop(out var operation)) return operation;
        return new ProduceOperation(this);
    }

    /// <summary>Takes an operation back that was never added, or that is answered.</summary>
    public void Return(ProduceOperation operation)
    {
        operation.Reset();
        lock (_free) _free.Push(operation);
    }

    /// <summary>Lets go of what is kept for the next requests.</summary>
    public void Trim()
    {
        lock (_free) _free.Clear();
    }

    /// <summary>Gives the operation its place in the order of answers; before its first append.</summary>
    public void Add(ProduceOperation operation)
    {
        Interlocked.Add(ref _bytesAhead, operation.Frame.Length);
        _ring[_tail & (_ring.Length - 1)] = operation;
        Volatile.Write(ref _tail, _tail + 1);
    }

    /// <summary>An operation has become ready. Any thread.</summary>
    public void OnReady()
    {
        if (Interlocked.Increment(ref _signals) == 1) Pump();
    }

    public void OnClosed() => _progress.Set(inline: false);

    private static int RingSize(int ahead) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(ahead, 1, 4096));

    private async ValueTask WaitUntilDrainedAsync()
    {
        while (!IsDrained)
        {
            await _progress.WaitAsync().ConfigureAwait(false);
            ThrowIfClosed();
        }
    }

    private void ThrowIfClosed()
    {
        if (connection.IsClosed) throw new OperationCanceledException("The connection was closed.");
    }

    private void Pump()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _signals);
            if (!Drain()) return;
            if (Interlocked.CompareExchange(ref _signals, 0, seen) == seen) return;
        }
    }

    /// <summary>
    /// Answers what is ready at the head; false when the send goes on in the background and the role of the pump with it.
    /// </summary>
    private bool Drain()
    {
        WireWriter? writer = null;
        var answered = 0;
        while (_head != Volatile.Read(ref _tail))
        {
            var slot = _head & (_ring.Length - 1);
            var operation = _ring[slot]!;
            if (!operation.IsReady) break;
            Answer(operation, ref writer);
            _ring[slot] = null;
            _head++;
            answered++;
            Interlocked.Add(ref _bytesAhead, -operation.Frame.Length);
            Return(operation);
        }

        if (writer is not null && !connection.IsClosed)
        {
            var sending = TrySend(writer);
            if (!sending.IsCompleted)
            {
                _ = FinishSendAsync(sending, writer, answered);
                return false;
            }
        }

        if (writer is not null) Services.Writers.Return(writer);
        Progress(answered);
        return true;
    }

    private void Answer(ProduceOperation operation, ref WireWriter? writer)
    {
        var failed = Count(operation);
        if (operation.Acks == 0)
        {
            // R5: the only way to tell a client that expects no answer is to hang up; it then asks for new metadata.
            if (failed) connection.Close("a produce request with acks=0 failed");
            return;
        }

        ProduceResponseWriter.Write(writer ??= Services.Writers.Rent(), operation, connection);
    }

    private bool Count(ProduceOperation operation)
    {
        long batches = 0;
        long records = 0;
        long bytes = 0;
        var failed = false;
        for (var i = 0; i < operation.Count; i++)
        {
            var append = operation[i];
            if (append.Result.Error != ErrorCode.None)
            {
                failed = true;
                (append.Target?.Traffic ?? TopicTraffic.Unattributed).FailedProduce();
                Services.Metrics.Api(ApiKey.Produce).Fail();
                continue;
            }

            batches++;
            records += append.Facts.RecordCount;
            bytes += append.Length;
            append.Target?.Traffic.Produced(append.Facts.RecordCount, append.Length);
        }

        Services.Metrics.Produced(batches, records, bytes);
        Services.Metrics.Api(ApiKey.Produce).Took((long)Stopwatch.GetElapsedTime(operation.Started).TotalMicroseconds);
        return failed;
    }

    private ValueTask TrySend(WireWriter writer)
    {
        try
        {
            return connection.SendAsync(writer.WrittenMemory);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            connection.Close(null);
            return ValueTask.CompletedTask;
        }
    }

    private async Task FinishSendAsync(ValueTask sending, WireWriter writer, int answered)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            connection.Close(null);
        }

        Services.Writers.Return(writer);
        Progress(answered);
        Pump();
    }

    private void Progress(int answered)
    {
        if (answered == 0) return;
        Volatile.Write(ref _answered, _answered + answered);
        _progress.Set(inline: false);
        if (connection.IsEnding && IsDrained) connection.Close(null);
    }
}
