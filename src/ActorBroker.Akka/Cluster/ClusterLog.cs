using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>Log lines about members, all with the node's address; at INFO they are on with <c>akka.cluster.log-info</c>.</summary>
internal sealed class ClusterLog(ILoggingAdapter log, ClusterSettings settings, Address self)
{
    public void Write(LogLevel level, string text)
    {
        if (level != LogLevel.InfoLevel || settings.LogInfo)
            log.Log(level, null, $"Cluster Node [{self}] - {text}");
    }

    public void Info(string text) => Write(LogLevel.InfoLevel, text);

    public void Warning(string text) => Write(LogLevel.WarningLevel, text);

    public void Error(Exception cause, string text) => log.Log(LogLevel.ErrorLevel, cause, $"Cluster Node [{self}] - {text}");

    public void Debug(string text)
    {
        if (log.IsDebugEnabled)
            Write(LogLevel.DebugLevel, text);
    }
}
