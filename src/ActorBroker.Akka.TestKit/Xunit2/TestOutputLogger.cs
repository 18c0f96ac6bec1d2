using Akka.Actor;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Writes log events to a test's output. What arrives after the test has ended has no place there and is dropped.</summary>
internal sealed class TestOutputLogger : ReceiveActor
{
    public TestOutputLogger(ITestOutputHelper output, string prefix)
    {
        Receive<InitializeLogger>(m =>
        {
            m.LoggingBus.Subscribe(Self, typeof(LogEvent));
            Sender.Tell(new LoggerInitialized(), Self);
        });
        Receive<LogEvent>(e => Write(output, prefix, e));
    }

    public static void Start(ExtendedActorSystem system, ITestOutputHelper output, string prefix)
    {
        var logger = system.SystemActorOf(Props.Create(() => new TestOutputLogger(output, prefix)), "log-test");
        logger.Ask<LoggerInitialized>(new InitializeLogger(system.EventStream), TimeSpan.FromSeconds(3)).GetAwaiter().GetResult();
    }

    private void Write(ITestOutputHelper output, string prefix, LogEvent e)
    {
        try
        {
            output.WriteLine(prefix + e);
        }
        catch (InvalidOperationException)
        {
            Context.Stop(Self);
        }
    }
}
