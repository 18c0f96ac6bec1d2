using ActorBroker.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Tests.Telemetry;

public sealed class LoggerLevelsTests
{
    private readonly LoggerLevels _levels = new(LogLevel.Information);

    [Fact]
    public void A_logger_inherits_from_the_nearest_name_before_a_dot_and_from_root()
    {
        _levels.Set("ActorBroker.Actors", "WARN");
        _levels.Set("ActorBroker.Actors.Quorum", "TRACE");
        Assert.True(_levels.IsEnabled("ActorBroker.Actors.Quorum.QuorumActor", LogLevel.Trace));
        Assert.False(_levels.IsEnabled("ActorBroker.Actors.QuorumOther", LogLevel.Information));
        Assert.True(_levels.IsEnabled("node", LogLevel.Information));
        Assert.False(_levels.IsEnabled("node", LogLevel.Debug));
        _levels.Set("ActorBroker.Actors.Quorum", null);
        Assert.False(_levels.IsEnabled("ActorBroker.Actors.Quorum.QuorumActor", LogLevel.Information));
    }

    [Fact]
    public void The_actors_and_the_parts_of_the_node_are_there_from_the_start_and_others_once_they_have_spoken()
    {
        Assert.All(
            new[] { "root", "node", "gateway", "storage", "Akka", "ActorBroker.Actors.Partitions.PartitionLeaderActor" },
            name => Assert.True(_levels.Exists(name), name));
        Assert.False(_levels.Exists("Akka.Remote.New"));
        _levels.See("Akka.Remote.New");
        Assert.Contains(new KeyValuePair<string, string>("Akka.Remote.New", "INFO"), _levels.Describe());
    }

    [Fact]
    public void A_log_line_follows_the_level_of_the_moment()
    {
        using var loggers = NodeLog.Create(_levels);
        var log = loggers.CreateLogger("gateway");
        Assert.False(log.IsEnabled(LogLevel.Debug));
        _levels.Set("gateway", "DEBUG");
        Assert.True(log.IsEnabled(LogLevel.Debug));
        Assert.False(loggers.CreateLogger("storage").IsEnabled(LogLevel.Debug));
        _levels.Set("gateway", "FATAL");
        Assert.False(log.IsEnabled(LogLevel.Error));
    }

    [Fact]
    public void What_the_actors_need_does_not_depend_on_what_the_gateway_wants()
    {
        var changes = 0;
        _levels.Changed += () => changes++;
        _levels.Set("gateway", "TRACE");
        Assert.Equal(LogLevel.Information, _levels.LowestOfActors);
        _levels.Set("Akka.Remote", "DEBUG");
        Assert.Equal((LogLevel.Debug, 2), (_levels.LowestOfActors, changes));
    }
}
