using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>One line for a refused connection, but only some in a period: a flood of them must not fill the log.</summary>
internal sealed class RefusalLog(ILoggingAdapter log)
{
    private const int LinesInPeriod = 20;
    private const int PeriodMillis = 10_000;

    private readonly Lock _lock = new();
    private long _periodSince = Environment.TickCount64;
    private int _lines;

    public void Refused(string from, string why)
    {
        int unsaid;
        lock (_lock)
        {
            var now = Environment.TickCount64;
            unsaid = Math.Max(0, _lines - LinesInPeriod);
            if (now - _periodSince >= PeriodMillis)
                (_periodSince, _lines) = (now, 0);
            else
                unsaid = 0;
            if (++_lines > LinesInPeriod)
                return;
        }
        if (unsaid > 0)
            log.Warning("[{0}] more connections were refused", unsaid);
        log.Warning("Connection from [{0}] is refused: {1}", from, why);
    }
}
