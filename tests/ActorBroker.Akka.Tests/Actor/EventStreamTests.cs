using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class EventStreamTests() : ActorTest("akka.loglevel = DEBUG, akka.loggers = []")
{
    private interface IAnimal;

    [Fact]
    public async Task Subscribers_get_what_has_their_type()
    {
        var probe = NewProbe();
        Assert.True(System.EventStream.Subscribe(probe.Ref, typeof(IAnimal)));
        Assert.False(System.EventStream.Subscribe(probe.Ref, typeof(IAnimal)));
        System.EventStream.Subscribe(probe.Ref, typeof(string));
        System.EventStream.Publish(new Cat("Tom"));
        System.EventStream.Publish(5);
        System.EventStream.Publish("text");
        await probe.ExpectAll(new Cat("Tom"), "text");
    }

    [Fact]
    public async Task A_subscriber_of_type_and_base_type_gets_an_event_once()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(IAnimal));
        System.EventStream.Subscribe(probe.Ref, typeof(Cat));
        System.EventStream.Publish(new Cat("Tom"));
        await probe.Expect(new Cat("Tom"));
        await probe.ExpectNothingBefore("end");
    }

    [Fact]
    public async Task Who_unsubscribes_gets_no_more()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(Cat));
        System.EventStream.Subscribe(probe.Ref, typeof(int));
        Assert.True(System.EventStream.Unsubscribe(probe.Ref, typeof(Cat)));
        System.EventStream.Publish(new Cat("Tom"));
        System.EventStream.Publish(1);
        await probe.Expect(1);
        Assert.True(System.EventStream.Unsubscribe(probe.Ref));
        System.EventStream.Publish(2);
        await probe.ExpectNothingBefore("end");
        Assert.False(System.EventStream.Unsubscribe(probe.Ref));
    }

    [Fact]
    public async Task A_subscriber_that_has_ended_is_forgotten()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(Cat));
        Assert.True(await probe.Ref.GracefulStop(Patience));
        await Until(() => !System.EventStream.Unsubscribe(probe.Ref));
    }

    [Fact]
    public async Task A_logger_publishes_events_with_source_class_level_and_cause()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(LogEvent));
        var cause = new FormatException("why");
        var actor = Start((context, _) => context.GetLogger().Error(cause, "bad {0} and {1}", 1, "two"), "talker");
        actor.Tell("log");
        var line = await Line(probe, e => e is Error);
        Assert.Equal("bad 1 and two", line.Message.ToString());
        Assert.Same(cause, line.Cause);
        Assert.Equal("akka://test/user/talker", line.LogSource);
        Assert.Equal(typeof(FunctionActor), line.LogClass);
        Assert.Equal(LogLevel.ErrorLevel, line.LogLevel());
    }

    [Fact]
    public async Task Every_level_has_its_event()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(LogEvent));
        var log = Logging.GetLogger(System, "source");
        log.Debug("d");
        log.Info("i {0}", 1);
        log.Warning("w {0} {1}", 1, 2);
        log.Error("e");
        var lines = new List<string>();
        while (lines.Count < 4)
        {
            var line = await Line(probe, e => e.LogSource.StartsWith("source", StringComparison.Ordinal));
            lines.Add($"{line.GetType().Name} {line.Message}");
        }
        Assert.Equal(["Debug d", "Info i 1", "Warning w 1 2", "Error e"], lines);
    }

    [Fact]
    public void Levels_have_names_and_classes()
    {
        Assert.Equal(LogLevel.WarningLevel, Logging.LogLevelFor("warning"));
        Assert.Equal("INFO", LogLevel.InfoLevel.StringFor());
        Assert.Equal(typeof(Debug), LogLevel.DebugLevel.ClassFor());
        Assert.Throws<ArgumentException>(() => Logging.LogLevelFor("loud"));
    }

    [Fact]
    public async Task A_suppressed_message_is_no_ordinary_dead_letter()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(AllDeadLetters));
        System.DeadLetters.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Assert.IsType<SuppressedDeadLetter>(await probe.Next());
        System.DeadLetters.Tell("text", ActorRefs.NoSender);
        Assert.IsType<DeadLetter>(await probe.Next());
    }

    private static async Task<LogEvent> Line(Probe probe, Func<LogEvent, bool> wanted)
    {
        while (true)
        {
            var line = await probe.Expect<LogEvent>();
            if (wanted(line))
                return line;
        }
    }

    private sealed record Cat(string Name) : IAnimal;
}
