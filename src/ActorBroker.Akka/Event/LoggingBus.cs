using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Event;

/// <summary>
/// Subscriptions by type, base types and interfaces included, and the loggers that live on them. Publishing reads an
/// immutable table and remembers the receivers of each event type until a subscription changes.
/// </summary>
public class LoggingBus : ActorEventBus<object, Type>
{
    private static readonly LogLevel[] AllLevels = Enum.GetValues<LogLevel>();

    private readonly Lock _gate = new();
    private readonly List<IActorRef> _loggers = [];
    private ImmutableList<(IActorRef Subscriber, Type Classifier)> _subscriptions = [];
    private ConcurrentDictionary<Type, IActorRef[]> _receivers = new();
    private int _loggerNumber;

    private protected LoggingBus()
    {
    }

    public LogLevel LogLevel { get; private set; } = Logging.OffLevel;

    public void SetLogLevel(LogLevel logLevel)
    {
        LogLevel = logLevel;
        IActorRef[] loggers;
        lock (_gate)
            loggers = [.. _loggers];
        foreach (var logger in loggers)
        {
            foreach (var level in AllLevels)
            {
                if (level >= logLevel)
                    Add(logger, level.ClassFor());
                else
                    Remove(logger, level.ClassFor());
            }
        }
    }

    internal void StartStdoutLogger(Settings settings)
    {
        LogLevel = Logging.LogLevelFor(settings.LogLevel);
        SubscribeFrom(Logging.LogLevelFor(settings.StdoutLogLevel), StandardOutLogger.Instance);
    }

    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var source = $"{nameof(EventStream)}({system.Name})";
        var starting = new List<(string Name, Task Ready)>();
        foreach (var name in system.Settings.Loggers)
        {
            var type = TypeNames.Find(name) ?? throw new ConfigurationException($"Logger specified in config cannot be found: \"{name}\"");
            starting.Add((name, AddLogger(system, type, source)));
        }
        var timeout = system.Settings.LoggerStartTimeout;
        if (!Task.WaitAll(starting.Select(s => s.Ready).ToArray(), timeout))
        {
            foreach (var (name, _) in starting.Where(s => !s.Ready.IsCompleted))
                Publish(new Warning(source, GetType(), $"Logger {name} did not respond within {timeout} to InitializeLogger(bus)"));
        }
        if (system.Settings.DebugUnhandledMessage)
        {
            var forwarder = system.SystemActorOf(Props.Create(typeof(UnhandledMessageForwarder)), "UnhandledMessageForwarder");
            Add(forwarder, typeof(UnhandledMessage));
        }
        Remove(StandardOutLogger.Instance);
    }

    internal void StopDefaultLoggers(ActorSystemImpl system)
    {
        SubscribeFrom(Logging.LogLevelFor(system.Settings.StdoutLogLevel), StandardOutLogger.Instance);
        IActorRef[] loggers;
        lock (_gate)
        {
            loggers = [.. _loggers];
            _loggers.Clear();
        }
        foreach (var logger in loggers)
        {
            Remove(logger);
            ((IInternalActorRef)logger).Stop();
        }
    }

    private protected override bool Add(IActorRef subscriber, Type classifier)
    {
        lock (_gate)
        {
            if (_subscriptions.Contains((subscriber, classifier)))
                return false;
            Replace(_subscriptions.Add((subscriber, classifier)));
            return true;
        }
    }

    private protected override bool Remove(IActorRef subscriber)
    {
        lock (_gate)
        {
            var before = _subscriptions.Count;
            Replace(_subscriptions.RemoveAll(s => s.Subscriber.Equals(subscriber)));
            return _subscriptions.Count < before;
        }
    }

    private protected override bool Remove(IActorRef subscriber, Type classifier)
    {
        lock (_gate)
        {
            var before = _subscriptions.Count;
            Replace(_subscriptions.Remove((subscriber, classifier)));
            return _subscriptions.Count < before;
        }
    }

    private protected override void Deliver(object published)
    {
        foreach (var receiver in Receivers(published.GetType()))
            receiver.Tell(published, ActorRefs.NoSender);
    }

    private IActorRef[] Receivers(Type eventType)
    {
        var known = Volatile.Read(ref _receivers);
        if (known.TryGetValue(eventType, out var receivers))
            return receivers;
        lock (_gate)
        {
            receivers = _subscriptions.Where(s => s.Classifier.IsAssignableFrom(eventType)).Select(s => s.Subscriber).Distinct().ToArray();
            _receivers[eventType] = receivers;
        }
        return receivers;
    }

    private void Replace(ImmutableList<(IActorRef, Type)> subscriptions)
    {
        _subscriptions = subscriptions;
        Volatile.Write(ref _receivers, new ConcurrentDictionary<Type, IActorRef[]>());
    }

    private async Task AddLogger(ActorSystemImpl system, Type type, string source)
    {
        var name = $"log{Interlocked.Increment(ref _loggerNumber)}-{Logging.SimpleName(type)}";
        var logger = system.SystemActorOf(Props.Create(type).WithDispatcher(system.Settings.LoggersDispatcher), name);
        var reply = await logger.Ask(new InitializeLogger(this), Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (reply is not LoggerInitialized)
        {
            var problem = $"Logger {name} did not respond with LoggerInitialized, sent instead {reply.GetType()}";
            Publish(new Error(null, source, GetType(), problem));
            ((IInternalActorRef)logger).Stop();
            return;
        }
        lock (_gate)
            _loggers.Add(logger);
        SubscribeFrom(LogLevel, logger);
    }

    private void SubscribeFrom(LogLevel lowest, IActorRef logger)
    {
        foreach (var level in AllLevels.Where(l => l >= lowest))
            Add(logger, level.ClassFor());
    }

    private sealed class UnhandledMessageForwarder : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is not UnhandledMessage unhandled)
                return false;
            var text = $"Unhandled message from {unhandled.Sender?.Path.ToString() ?? "NoSender"} : {unhandled.Message}";
            Context.System.EventStream.Publish(new Debug(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(), text));
            return true;
        }
    }
}
