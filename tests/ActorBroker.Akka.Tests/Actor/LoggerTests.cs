using System.Collections.Concurrent;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class LoggerTests() : ActorTest(
    "akka.loglevel = WARNING, akka.loggers = [\"ActorBroker.Akka.Tests.Actor.LoggerTests+Recorder, ActorBroker.Akka.Tests\"]")
{
    private static readonly ConcurrentQueue<string> Lines = new();

    [Fact]
    public async Task A_configured_logger_gets_what_the_level_lets_through()
    {
        var id = Guid.NewGuid().ToString();
        var log = Logging.GetLogger(System, "source");
        Assert.False(log.IsInfoEnabled);
        Assert.True(log.IsWarningEnabled);
        log.Info("info {0}", id);
        log.Warning("warning {0}", id);
        log.Error("error {0}", id);
        await Until(() => Lines.Contains($"error {id}"));
        Assert.Equal([$"warning {id}", $"error {id}"], Lines.Where(l => l.EndsWith(id, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failure_is_logged_with_its_cause()
    {
        var id = Guid.NewGuid().ToString();
        Start((_, _) => throw new InvalidOperationException(id)).Tell("crash");
        await Until(() => Lines.Contains(id));
    }

    public sealed class Recorder : ReceiveActor
    {
        public Recorder()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(e => Lines.Enqueue(e.Message.ToString()!));
        }
    }
}
