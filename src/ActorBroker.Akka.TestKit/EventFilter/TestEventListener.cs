using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>The logger of tests: prints what no filter has muted. Dead letters can be matched as warnings.</summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<LogFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (var type in (Type[])[typeof(MuteFilters), typeof(UnmuteFilters), typeof(DeadLetter), typeof(UnhandledMessage)])
                    initialize.LoggingBus.Subscribe(Self, type);
                return base.Receive(message);
            case MuteFilters mute:
                _filters.AddRange(mute.Filters);
                return true;
            case UnmuteFilters unmute:
                foreach (var filter in unmute.Filters)
                    _filters.Remove(filter);
                return true;
            case LogEvent e:
                if (!IsMuted(e))
                    Print(e);
                return true;
            case DeadLetter letter:
                // The dead letter listener logs it as well; here it only meets the filters.
                IsMuted(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            default:
                return message is UnhandledMessage || base.Receive(message);
        }
    }

    /// <summary>The first filter that matches counts the event, the others do not see it.</summary>
    private bool IsMuted(LogEvent e) => _filters.Exists(f => f.Apply(e));
}
