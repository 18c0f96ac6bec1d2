using System.Threading.Tasks.Sources;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Network.Files;

/// <summary>A read that waits for the disk on a thread of the <see cref="ReadPool"/>. One at a time; reused by its connection.</summary>
internal sealed class ReadJob : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core = new() { RunContinuationsAsynchronously = true };
    private SafeFileHandle _file = null!;
    private Memory<byte> _target;
    private long _position;

    public ValueTask<int> Start(ReadPool pool, SafeFileHandle file, Memory<byte> target, long position)
    {
        _core.Reset();
        _file = file;
        _target = target;
        _position = position;
        pool.Post(this);
        return new ValueTask<int>(this, _core.Version);
    }

    public void Run()
    {
        try
        {
            _core.SetResult(RandomAccess.Read(_file, _target.Span, _position));
        }
        catch (Exception e)
        {
            _core.SetException(e);
        }
    }

    public void Fail(Exception exception) => _core.SetException(exception);

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
