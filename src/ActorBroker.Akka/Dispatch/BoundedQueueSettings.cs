using Akka.Configuration;

namespace Akka.Dispatch;

internal readonly record struct BoundedQueueSettings(int Capacity, TimeSpan PushTimeout)
{
    public static BoundedQueueSettings From(Config config)
    {
        var settings = new BoundedQueueSettings(
            config.GetInt("mailbox-capacity"), config.GetTimeSpan("mailbox-push-timeout-time", TimeSpan.FromSeconds(-1)));
        if (settings.Capacity < 0)
            throw new ArgumentException("The capacity for BoundedMailbox cannot be negative");
        if (settings.PushTimeout < TimeSpan.Zero && settings.PushTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("The push time-out for BoundedMailbox cannot be null");
        return settings;
    }
}
