using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>The logger of tests: prints what no filter has muted. Dead letters can be matched as warnings.</summary>
internal sealed class TestEventListener : ActorBase
{
    private readonly List<LogFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (var type in (Type[])[typeof(MuteFilters), typeof(UnmuteFilters), typeof(DeadLetter)])
                    initialize.LoggingBus.Subscribe(Self, type);
                Sender.Tell(new LoggerInitialized(), Self);
                return true;
            case MuteFilters mute:
                _filters.AddRange(mute.Filters);
                return true;
            case UnmuteFilters unmute:
                foreach (var filter in unmute.Filters)
                    _filters.Remove(filter);
                return true;
            case LogEvent e:
                if (!IsMuted(e))
                    Console.Out.WriteLine(e.ToString());
                return true;
            case DeadLetter letter:
                // The dead letter listener logs it as well; here it only meets the filters.
                IsMuted(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The first filter that matches counts the event, the others do not see it.</summary>
    private bool IsMuted(LogEvent e) => _filters.Exists(f => f.Apply(e));
}
