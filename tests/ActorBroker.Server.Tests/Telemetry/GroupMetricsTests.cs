using ActorBroker.Server.Telemetry;

namespace ActorBroker.Server.Tests.Telemetry;

public sealed class GroupMetricsTests
{
    [Fact]
    public void A_lag_that_is_not_known_is_left_out_and_its_topic_has_no_sum()
    {
        var text = new PrometheusText();
        NodeMetrics.Groups(text,
        [
            new GroupFigures("g", 1, [new("whole", 0, 5, 7), new("whole", 1, 9, 10), new("half", 0, 3, 8), new("half", 1, 4, null)]),
        ]);
        var lines = text.ToString().Split('\n');
        Assert.Contains("kafka_consumergroup_lag_sum{consumergroup=\"g\",topic=\"whole\"} 3", lines);
        Assert.Contains("kafka_consumergroup_lag{consumergroup=\"g\",partition=\"0\",topic=\"half\"} 5", lines);
        Assert.Contains("kafka_consumergroup_current_offset_sum{consumergroup=\"g\",topic=\"half\"} 7", lines);
        Assert.DoesNotContain(lines, line => line.Contains("lag_sum", StringComparison.Ordinal) && line.Contains("half", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("kafka_consumergroup_lag{", StringComparison.Ordinal)
            && line.Contains("partition=\"1\",topic=\"half\"", StringComparison.Ordinal));
    }
}
