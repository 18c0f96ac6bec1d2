using System.Diagnostics;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>
/// Guards a plugin's storage (<c>circuit-breaker</c> in its configuration). A call that takes longer than its timeout has failed.
/// After so many failures in a row the breaker opens: calls fail at once until the reset time has passed, then one call is let
/// through, and its outcome closes or opens the breaker again.
/// </summary>
internal sealed class PluginBreaker(int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout)
{
    private readonly Lock _lock = new();
    private int _failures;
    private long _openedAt;
    private bool _probing;

    /// <param name="plugin">A plugin's configuration with its fallbacks.</param>
    public static PluginBreaker From(Config plugin) => new(
        plugin.GetInt("circuit-breaker.max-failures", 10),
        plugin.GetTimeSpan("circuit-breaker.call-timeout", TimeSpan.FromSeconds(10)),
        plugin.GetTimeSpan("circuit-breaker.reset-timeout", TimeSpan.FromSeconds(30)));

    public async Task<T> Run<T>(Func<Task<T>> call)
    {
        Enter();
        try
        {
            var task = call();
            var result = task.IsCompleted ? await task : await task.WaitAsync(callTimeout).ConfigureAwait(false);
            Succeed();
            return result;
        }
        catch (Exception)
        {
            Fail();
            throw;
        }
    }

    public Task Run(Func<Task> call) => Run(async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    });

    private void Enter()
    {
        lock (_lock)
        {
            if (_failures < maxFailures)
                return;
            var left = resetTimeout - Stopwatch.GetElapsedTime(_openedAt);
            if (_probing || left > TimeSpan.Zero)
                throw new PluginUnavailableException($"The storage failed {_failures} times in a row and is left alone for {resetTimeout}");
            _probing = true;
        }
    }

    private void Succeed()
    {
        lock (_lock)
        {
            _failures = 0;
            _probing = false;
        }
    }

    private void Fail()
    {
        lock (_lock)
        {
            _failures = Math.Min(_failures, maxFailures) + 1;
            _openedAt = Stopwatch.GetTimestamp();
            _probing = false;
        }
    }
}

/// <summary>A breaker is open: the storage was not asked.</summary>
internal sealed class PluginUnavailableException(string message) : Exception(message);
