using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// Makes filters on the log. A message matches when it equals <c>message</c>, else starts with <c>start</c>, else contains
/// <c>contains</c>; with none of them any does. Error filters look at the exception's message too.
/// </summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<LogFilter> _alternatives;

    internal EventFilterFactory(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> alternatives)
    {
        _testkit = testkit;
        _system = system;
        _alternatives = alternatives;
    }

    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception => Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false) =>
        OfException(exceptionType, LogFilter.Text(message, start, contains), source, checkInnerExceptions);

    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false) =>
        OfException(exceptionType, pattern.IsMatch, source, checkInnerExceptions);

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        OfException(null, LogFilter.Text(message, start, contains), source, false);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => OfException(null, pattern.IsMatch, source, false);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        OfLevel<Warning>(LogFilter.Text(message, start, contains), source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => OfLevel<Warning>(pattern.IsMatch, source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        OfLevel<Info>(LogFilter.Text(message, start, contains), source);

    public IEventFilterApplier Info(Regex pattern, string? source = null) => OfLevel<Info>(pattern.IsMatch, source);

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        OfLevel<Debug>(LogFilter.Text(message, start, contains), source);

    public IEventFilterApplier Debug(Regex pattern, string? source = null) => OfLevel<Debug>(pattern.IsMatch, source);

    public IEventFilterApplier DeadLetter() => OfDeadLetter("DeadLetter", null, static _ => true);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter(typeof(TMessage), source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        DeadLetter(typeof(TMessage), m => isMatch((TMessage)m), source);

    public IEventFilterApplier DeadLetter(Type type, string? source = null) => DeadLetter(type, static _ => true, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string? source = null) =>
        OfDeadLetter($"DeadLetter<{type.Name}>", source, d => type.IsInstanceOfType(d.Message) && isMatch(d.Message));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Of(new LogFilter("custom", predicate));

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent => Of(new LogFilter($"custom {typeof(TLogEvent).Name}", e => e is TLogEvent typed && predicate(typed)));

    private EventFilterApplier OfLevel<TEvent>(Func<string, bool> text, string? source)
        where TEvent : LogEvent => Of(new LogFilter(
            typeof(TEvent).Name, e => e is TEvent && LogFilter.IsFrom(e, source) && text(LogFilter.MessageOf(e))));

    private EventFilterApplier OfException(Type? type, Func<string, bool> text, string? source, bool inner) => Of(new LogFilter(
        type is null ? "Error" : $"Error with {type.Name}",
        e => e is Error error && LogFilter.IsFrom(e, source) && LogFilter.Matches(error, error.Cause, type, text, inner)));

    private EventFilterApplier OfDeadLetter(string name, string? source, Func<DeadLetter, bool> isMatch) => Of(new LogFilter(
        name, e => e is Warning { Message: DeadLetter letter } && LogFilter.IsFrom(e, source) && isMatch(letter)));

    private EventFilterApplier Of(LogFilter filter) => new(_testkit, _system, [.. _alternatives, filter]);
}
