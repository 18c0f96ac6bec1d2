using Akka.Actor;

namespace Akka.Event;

/// <summary>Prints log events on the console without an actor: before the loggers run and after they have ended.</summary>
internal sealed class StandardOutLogger : MinimalActorRef
{
    public static readonly StandardOutLogger Instance = new();

    private StandardOutLogger()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/StandardOutLogger");

    public override IActorRefProvider Provider => throw new NotSupportedException("This logger does not provide");

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is LogEvent)
            Console.Out.WriteLine(message.ToString());
    }
}
