using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>
/// Mutes its filters at the system's logger for the time of a block and counts what they match. The mute and the block's log
/// events reach the logger through its mailbox in their order, so an event of the block cannot come before the mute.
/// </summary>
internal sealed class EventFilterApplier(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> filters) : IEventFilterApplier
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    public EventFilterFactory And => new(testkit, system, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) =>
        Run(1, null, Expectations.AsFunction(action), cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Run(1, timeout, Expectations.AsFunction(action), cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Run(1, null, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Run(1, timeout, func, cancellationToken);

    public Task ExpectOneAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(1, null, Expectations.AsFunction(action), cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(1, timeout, Expectations.AsFunction(action), cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        RunAsync(1, null, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        RunAsync(1, timeout, func, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Run(expectedCount, null, Expectations.AsFunction(action), cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Run(expectedCount, timeout, Expectations.AsFunction(action), cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Run(expectedCount, null, func, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Run(expectedCount, timeout, func, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, null, Expectations.AsFunction(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, timeout, Expectations.AsFunction(action), cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, null, func, cancellationToken);

    public Task<T> ExpectAsync<T>(
        int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, timeout, func, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) =>
        Run(null, null, Expectations.AsFunction(action), cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default) => Run(null, null, func, cancellationToken);

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        RunAsync(null, null, Expectations.AsFunction(action), cancellationToken);

    public Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        RunAsync(null, null, func, cancellationToken);

    public IUnmutableFilter Mute()
    {
        system.EventStream.Publish(new MuteFilters(filters));
        return new Unmutable(system, filters);
    }

    private T Run<T>(int? expected, TimeSpan? timeout, Func<T> block, CancellationToken cancellationToken)
    {
        using var count = new MatchCount(system, filters);
        var result = block();
        if (expected is { } wanted)
        {
            var limit = LimitFor(timeout);
            testkit.Expectations.AwaitCondition(() => count.Value >= wanted, limit, PollInterval, cancellationToken);
            Check(wanted, count.Value, limit);
        }
        return result;
    }

    private async Task<T> RunAsync<T>(int? expected, TimeSpan? timeout, Func<Task<T>> block, CancellationToken cancellationToken)
    {
        using var count = new MatchCount(system, filters);
        var result = await block();
        if (expected is { } wanted)
        {
            var limit = LimitFor(timeout);
            await testkit.Expectations.AwaitConditionAsync(
                () => Task.FromResult(count.Value >= wanted), limit, PollInterval, cancellationToken);
            Check(wanted, count.Value, limit);
        }
        return result;
    }

    private TimeSpan LimitFor(TimeSpan? timeout) => testkit.Dilated(timeout ?? testkit.TestKitSettings.TestEventFilterLeeway);

    private void Check(int expected, int received, TimeSpan limit)
    {
        var names = string.Join(" or ", filters);
        if (received < expected)
            testkit.Expectations.Assertions.Fail($"Timeout ({limit}): only {received} of {expected} log events matched [{names}]");
        else if (received > expected)
            testkit.Expectations.Assertions.Fail($"{received} log events matched [{names}], {received - expected} more than expected");
    }

    private sealed class MatchCount : IDisposable
    {
        private readonly ActorSystem _system;
        private readonly IReadOnlyList<LogFilter> _filters;
        private int _count;

        public MatchCount(ActorSystem system, IReadOnlyList<LogFilter> filters)
        {
            (_system, _filters) = (system, filters);
            foreach (var filter in filters)
                filter.Matched += Add;
            system.EventStream.Publish(new MuteFilters(filters));
        }

        public int Value => Volatile.Read(ref _count);

        public void Dispose()
        {
            foreach (var filter in _filters)
                filter.Matched -= Add;
            _system.EventStream.Publish(new UnmuteFilters(_filters));
        }

        private void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class Unmutable(ActorSystem system, IReadOnlyList<LogFilter> filters) : IUnmutableFilter
    {
        private int _done;

        public void Unmute() => Dispose();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
                system.EventStream.Publish(new UnmuteFilters(filters));
        }
    }
}
