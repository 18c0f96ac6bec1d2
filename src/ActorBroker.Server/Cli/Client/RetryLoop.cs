namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// Repeats an attempt that failed with a retriable error, with doubling pauses (half of each is random, so that many clients do not
/// come back at once), until it works, fails for good, or the call's time is over.
/// </summary>
internal static class RetryLoop
{
    public static async Task<T> RunAsync<T>(
        ClientSettings settings, Func<CancellationToken, Task<T>> attempt, Func<CancellationToken, Task>? beforeRetry, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.CallTimeout);
        var pause = settings.RetryBackoff;
        ClientException? last = null;
        while (true)
        {
            try
            {
                if (last is not null && beforeRetry is not null) await beforeRetry(limit.Token).ConfigureAwait(false);
                return await attempt(limit.Token).ConfigureAwait(false);
            }
            catch (ClientException error) when (error.IsRetriable)
            {
                last = error;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw GaveUp(settings, last);
            }

            try
            {
                await Task.Delay(pause / 2 + pause / 2 * Random.Shared.NextDouble(), limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw GaveUp(settings, last);
            }

            pause = pause * 2 < settings.RetryBackoffMax ? pause * 2 : settings.RetryBackoffMax;
        }
    }

    private static Exception GaveUp(ClientSettings settings, ClientException? last) =>
        last ?? new ClientTimeoutException($"no answer within {settings.CallTimeout.TotalSeconds:0.#} s");
}
