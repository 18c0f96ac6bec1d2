using ActorBroker.Server.Telemetry;

namespace ActorBroker.Server.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_family_has_its_help_and_type_once_and_its_samples_behind()
    {
        var text = new PrometheusText().Family("a_total", "counter", "All of a.").Sample("a_total", 3).Sample("a_total", 2.5, ("topic", "x"), ("partition", "0"));
        Assert.Equal("# HELP a_total All of a.\n# TYPE a_total counter\na_total 3\na_total{topic=\"x\",partition=\"0\"} 2.5\n", text.ToString());
    }

    [Fact]
    public void What_would_end_a_label_is_escaped() =>
        Assert.Equal("a{l=\"q\\\"b\\\\n\\n\"} 1\n", new PrometheusText().Sample("a", 1, ("l", "q\"b\\n\n")).ToString());
}
