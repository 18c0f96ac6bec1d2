using System.Diagnostics;
using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>
/// The waiting and checking behind <see cref="TestKitBase"/>. Waits exist blocking and asynchronously over the same checks. All
/// time is monotonic. <see cref="End"/> is when the innermost <c>Within</c> block ends: nothing waits longer.
/// </summary>
internal sealed class Expectations(ITestKitAssertions assertions, TestKitSettings settings)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>True when the last expectation was to receive nothing more, which uses its time up on purpose.</summary>
    private bool _lastWasSilence;

    public ReceivedMessages Queue { get; } = new();

    public MessageEnvelope Last { get; private set; } = NullMessageEnvelope.Instance;

    public TimeSpan? End { get; private set; }

    public ITestKitAssertions Assertions => assertions;

    public TestKitSettings Settings => settings;

    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(settings.SingleExpectDefault));

    public TimeSpan RemainingOr(TimeSpan duration) => End is { } end ? Max(end - Now, TimeSpan.Zero) : duration;

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration switch
    {
        null => RemainingOrDefault,
        { } d when d < TimeSpan.Zero => throw new ArgumentException("A duration to wait is positive", nameof(duration)),
        { } d => Dilated(d),
    };

    public TimeSpan Dilated(TimeSpan duration) => duration < TimeSpan.Zero
        ? throw new ArgumentException("A duration is not negative", nameof(duration))
        : TimeSpan.FromTicks((long)(duration.Ticks * settings.TestTimeFactor));

    public MessageEnvelope? Take(TimeSpan? max, CancellationToken cancellationToken, bool peek = false) =>
        Remember(Queue.Take(max ?? settings.SingleExpectDefault, peek, cancellationToken));

    public async ValueTask<MessageEnvelope?> TakeAsync(TimeSpan? max, CancellationToken cancellationToken, bool peek = false) =>
        Remember(await Queue.TakeAsync(max ?? settings.SingleExpectDefault, peek, cancellationToken).ConfigureAwait(false));

    public T Expect<T>(TimeSpan? max, Action<T, IActorRef>? check, string? hint, CancellationToken cancellationToken)
    {
        var timeout = RemainingOrDilated(max);
        return Check(Take(timeout, cancellationToken), timeout, check, hint);
    }

    public async ValueTask<T> ExpectAsync<T>(TimeSpan? max, Action<T, IActorRef>? check, string? hint, CancellationToken cancellationToken)
    {
        var timeout = RemainingOrDilated(max);
        return Check(await TakeAsync(timeout, cancellationToken).ConfigureAwait(false), timeout, check, hint);
    }

    public void ExpectNothing(TimeSpan duration, CancellationToken cancellationToken) =>
        CheckNothing(Take(duration, cancellationToken), duration);

    public async ValueTask ExpectNothingAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        CheckNothing(await TakeAsync(duration, cancellationToken).ConfigureAwait(false), duration);

    public T Fish<T>(Predicate<T> isMessage, TimeSpan? max, string? hint, CancellationToken cancellationToken)
    {
        var timeout = RemainingOrDilated(max);
        var end = Now + timeout;
        while (true)
        {
            if (IsCatch(Take(end - Now, cancellationToken), isMessage, timeout, hint, out var caught))
                return caught;
        }
    }

    public async ValueTask<T> FishAsync<T>(Predicate<T> isMessage, TimeSpan? max, string? hint, CancellationToken cancellationToken)
    {
        var timeout = RemainingOrDilated(max);
        var end = Now + timeout;
        while (true)
        {
            var message = await TakeAsync(end - Now, cancellationToken).ConfigureAwait(false);
            if (IsCatch(message, isMessage, timeout, hint, out var caught))
                return caught;
        }
    }

    public List<object> ReceiveN(int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var end = Now + max;
        var received = new List<object>();
        while (received.Count < count)
            received.Add(CheckOneOf(Take(end - Now, cancellationToken), received.Count, count, max));
        return received;
    }

    public async IAsyncEnumerable<object> ReceiveNAsync(
        int count, TimeSpan max, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = Now + max;
        for (var i = 0; i < count; i++)
            yield return CheckOneOf(await TakeAsync(end - Now, cancellationToken).ConfigureAwait(false), i, count, max);
    }

    /// <param name="accept">True takes the message, false stops and leaves it, null drops it.</param>
    public List<T> ReceiveWhile<T>(
        Func<object, (bool? Accept, T Value)> accept, TimeSpan? max, TimeSpan? idle, int limit, CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(max);
        var received = new List<T>();
        var last = Last;
        while (received.Count < limit)
        {
            var left = end - Now;
            var wait = idle is { } pause && pause >= TimeSpan.Zero && pause < left ? pause : left;
            if (Take(Max(wait, TimeSpan.Zero), cancellationToken, peek: true) is not { } next)
                break;
            var (accepted, value) = accept(next.Message);
            if (accepted == false)
                break;
            last = Take(TimeSpan.Zero, cancellationToken)!;
            if (accepted == true)
                received.Add(value);
        }
        Last = last;
        _lastWasSilence = true;
        return received;
    }

    public IReadOnlyCollection<T> CheckAllOf<T>(IReadOnlyCollection<T> expected, IEnumerable<object> received)
    {
        var missing = expected.ToList();
        var unexpected = new List<object>();
        var result = new List<T>();
        foreach (var message in received)
        {
            if (message is T typed && missing.Remove(typed))
                result.Add(typed);
            else
                unexpected.Add(message);
        }
        if (missing.Count > 0 || unexpected.Count > 0)
            assertions.Fail($"not found [{string.Join(", ", missing)}], found unexpected [{string.Join(", ", unexpected)}]");
        return result;
    }

    public void AwaitAssert(Action assertion, TimeSpan? duration, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(duration);
        while (!Holds(assertion, end))
            cancellationToken.WaitHandle.WaitOne(Pause(end, interval));
    }

    public async Task AwaitAssertAsync(Func<Task> assertion, TimeSpan? duration, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Now < end && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause(end, interval), cancellationToken);
            }
        }
    }

    public void Await(Func<bool> condition, TimeSpan? max, TimeSpan? interval, string? message, CancellationToken cancellationToken)
    {
        var limit = RemainingOrDilated(max);
        if (!AwaitCondition(condition, limit, interval ?? limit / 10, cancellationToken))
            assertions.Fail($"Timeout {limit} expired while waiting for condition. {message}");
    }

    public async Task AwaitAsync(
        Func<Task<bool>> condition, TimeSpan? max, TimeSpan? interval, string? message, CancellationToken cancellationToken)
    {
        var limit = RemainingOrDilated(max);
        if (!await AwaitConditionAsync(condition, limit, interval ?? limit / 10, cancellationToken))
            assertions.Fail($"Timeout {limit} expired while waiting for condition. {message}");
    }

    public bool AwaitCondition(Func<bool> condition, TimeSpan max, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + max;
        while (!condition())
        {
            if (Now > end || cancellationToken.IsCancellationRequested)
                return false;
            cancellationToken.WaitHandle.WaitOne(Pause(end, interval));
        }
        return true;
    }

    public async Task<bool> AwaitConditionAsync(
        Func<Task<bool>> condition, TimeSpan max, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + max;
        while (!await condition())
        {
            if (Now > end)
                return false;
            await Task.Delay(Pause(end, interval), cancellationToken);
        }
        return true;
    }

    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> block, string? hint, TimeSpan? epsilon)
    {
        var (start, outer) = EnterWithin(min, max, hint);
        var allowed = End!.Value - start;
        T result;
        try
        {
            result = block();
        }
        finally
        {
            End = outer;
        }
        CheckWithin(Now - start, min, allowed, hint, epsilon);
        return result;
    }

    public async Task<T> WithinAsync<T>(TimeSpan min, TimeSpan max, Func<Task<T>> block, string? hint, TimeSpan? epsilon)
    {
        var (start, outer) = EnterWithin(min, max, hint);
        var allowed = End!.Value - start;
        T result;
        try
        {
            // A block that hangs must not hang the test; timers are coarse, so it gets a little longer than it is allowed.
            result = await block().WaitAsync(allowed + (epsilon ?? TimeSpan.Zero) + DefaultInterval * 2);
        }
        catch (TimeoutException e)
        {
            assertions.Fail("Failed: Block took more than {0}. {1} {2}", allowed, hint ?? "", e.Message);
            throw;
        }
        finally
        {
            End = outer;
        }
        CheckWithin(Now - start, min, allowed, hint, epsilon);
        return result;
    }

    public static Func<bool> AsFunction(Action action) => () =>
    {
        action();
        return true;
    };

    public static Func<Task<bool>> AsFunction(Func<Task> action) => async () =>
    {
        await action();
        return true;
    };

    public static Func<Task> AsTask(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    public void AreEqual<T>(T expected, T actual) => assertions.AssertEqual(expected, actual);

    public void AreEqual<T>(T expected, T actual, Func<T, T, bool> comparer) => assertions.AssertEqual(expected, actual, comparer);

    public void Holds(bool condition, object? message, string? hint) => assertions.AssertTrue(
        condition, "Got a message of the expected type, but {0} does not match {1}", message!, hint ?? "the predicate");

    public void IsFrom(IActorRef expected, IActorRef sender, string? hint, Action? check = null)
    {
        assertions.AssertTrue(
            Equals(expected, sender), "Expected a message from {0}, but it was sent by {1}. {2}", expected, sender, hint ?? "");
        check?.Invoke();
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Pause(TimeSpan end, TimeSpan? interval)
    {
        var pause = interval ?? DefaultInterval;
        var left = Max(end - Now, TimeSpan.FromMilliseconds(1));
        return pause < TimeSpan.Zero || pause > left ? left : pause;
    }

    private static bool Holds(Action assertion, TimeSpan end)
    {
        try
        {
            assertion();
            return true;
        }
        catch (Exception) when (Now < end)
        {
            return false;
        }
    }

    private MessageEnvelope? Remember(MessageEnvelope? message)
    {
        _lastWasSilence = false;
        Last = message ?? NullMessageEnvelope.Instance;
        return message;
    }

    private T Check<T>(MessageEnvelope? received, TimeSpan timeout, Action<T, IActorRef>? check, string? hint)
    {
        if (received is null)
            assertions.Fail("Failed: Timeout {0} while waiting for a message of type {1} {2}", timeout, typeof(T), hint ?? "");
        if (received!.Message is not T message)
        {
            assertions.Fail("Failed: Expected a message of type {0}, but received {{{1}}} (type {2}) instead {3} from {4}",
                typeof(T), received.Message, received.Message.GetType(), hint ?? "", received.Sender!);
            return default!;
        }
        check?.Invoke(message, received.Sender);
        return message;
    }

    private void CheckNothing(MessageEnvelope? received, TimeSpan duration)
    {
        if (received is not null)
            assertions.Fail("Failed: Expected no messages during {0}, instead we received {1}", duration, received);
        _lastWasSilence = true;
    }

    private bool IsCatch<T>(MessageEnvelope? received, Predicate<T> isMessage, TimeSpan timeout, string? hint, out T caught)
    {
        assertions.AssertTrue(received is not null, "Timeout ({0}) during fishForMessage, hint: {1}", timeout, hint ?? "");
        if (received!.Message is T message && isMessage(message))
        {
            caught = message;
            return true;
        }
        caught = default!;
        return false;
    }

    private object CheckOneOf(MessageEnvelope? received, int index, int count, TimeSpan max)
    {
        assertions.AssertTrue(received is not null, "Timeout ({0}) while expecting {1} messages. Only got {2}.", max, count, index);
        return received!.Message;
    }

    private (TimeSpan Start, TimeSpan? Outer) EnterWithin(TimeSpan min, TimeSpan max, string? hint)
    {
        if (min < TimeSpan.Zero || max < TimeSpan.Zero)
            throw new ArgumentException("The bounds of a Within block are not negative");
        var start = Now;
        var outer = End;
        var allowed = Dilated(max);
        if (outer is { } end && end - start < allowed)
            allowed = end - start;
        assertions.AssertTrue(allowed >= min, "Required min time {0} not possible, only {1} left. {2}", min, allowed, hint ?? "");
        _lastWasSilence = false;
        End = start + allowed;
        return (start, outer);
    }

    private void CheckWithin(TimeSpan elapsed, TimeSpan min, TimeSpan allowed, string? hint, TimeSpan? epsilon)
    {
        if (elapsed < min)
            assertions.Fail("Failed: Block took {0}, should have at least been {1}. {2}", elapsed, min, hint ?? "");
        if (!_lastWasSilence && elapsed > allowed + (epsilon ?? TimeSpan.Zero))
            assertions.Fail("Failed: Block took {0}, exceeding {1}. {2}", elapsed, allowed, hint ?? "");
    }
}
