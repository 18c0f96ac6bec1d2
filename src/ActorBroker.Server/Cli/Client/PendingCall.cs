namespace ActorBroker.Server.Cli.Client;

/// <summary>A request whose answer is awaited.</summary>
internal sealed class PendingCall
{
    private readonly TaskCompletionSource<byte[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<byte[]> Answer => _answer.Task;

    public void Complete(byte[] frame) => _answer.TrySetResult(frame);

    public void Fail(Exception error)
    {
        _answer.TrySetException(error);
        _ = _answer.Task.Exception; // observed: a call that gave up no longer looks
    }
}
