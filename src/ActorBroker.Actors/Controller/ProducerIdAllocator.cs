using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Hands out producer ids from blocks of the controller's. What is left of a block when the process ends is never used: ids are many. One
/// caller at a time fetches the next block, the others wait for it.
/// </summary>
public sealed class ProducerIdAllocator(IController controller, int nodeId) : IProducerIds, IDisposable
{
    private const int BlockSize = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _next;
    private long _end;

    public async ValueTask<ProducerIdResult> NextAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_next == _end)
            {
                var answer = await controller.SubmitAsync(new AllocateProducerIds(nodeId, BlockSize), Limit, cancel).ConfigureAwait(false);
                var error = answer.Reply?.Error ?? answer.Error;
                if (!error.IsNone) return new ProducerIdResult(error, -1);
                _next = answer.Reply!.FirstProducerId;
                _end = _next + answer.Reply.Count;
            }

            return new ProducerIdResult(KafkaError.None, _next++);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
