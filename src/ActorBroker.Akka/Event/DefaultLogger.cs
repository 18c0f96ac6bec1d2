using Akka.Actor;

namespace Akka.Event;

/// <summary>Prints log events on the console.</summary>
internal sealed class DefaultLogger : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized(), Self);
                return true;
            case LogEvent line:
                Console.Out.WriteLine(line.ToString());
                return true;
            default:
                return false;
        }
    }
}
