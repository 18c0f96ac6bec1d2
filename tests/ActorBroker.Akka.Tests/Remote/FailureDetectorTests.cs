using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class FailureDetectorTests
{
    private long _now = 1000;

    [Fact]
    public void Before_the_first_heartbeat_a_resource_is_available_and_not_monitored()
    {
        var detector = NewPhi();
        Assert.True(detector.IsAvailable);
        Assert.False(detector.IsMonitoring);
        detector.HeartBeat();
        Assert.True(detector.IsMonitoring);
    }

    [Fact]
    public void Suspicion_grows_with_silence_until_the_resource_is_down_and_a_heartbeat_brings_it_back()
    {
        var detector = NewPhi();
        for (var i = 0; i < 20; i++, _now += 1000)
            detector.HeartBeat();
        var last = -1.0;
        for (; detector.IsAvailable; _now += 100)
        {
            Assert.True(detector.CurrentPhi >= last);
            last = detector.CurrentPhi;
        }
        // Mean 1 s and a pause of 3 s are accepted: it takes longer than both, and not much.
        Assert.InRange(_now - 20_000, 4000, 6000);
        detector.HeartBeat();
        Assert.True(detector.IsAvailable);
    }

    [Theory]
    [InlineData(0, 10, 0.301)]
    [InlineData(10, 10, 0.799)]
    [InlineData(20, 10, 1.64)]
    [InlineData(-20, 10, 0.0099)]
    public void Phi_is_the_logarithm_of_the_normal_distribution(double late, double deviation, double phi) =>
        Assert.Equal(phi, PhiAccrualFailureDetector.Phi(100 + late, 100, deviation), 0.01);

    [Fact]
    public void Phi_is_read_from_the_configuration()
    {
        var config = ConfigurationFactory.ParseString(
            "threshold = 8, max-sample-size = 5, min-std-deviation = 50ms, acceptable-heartbeat-pause = 0s, heartbeat-interval = 1s");
        Assert.True(new PhiAccrualFailureDetector(config, new EventStream(false)).IsAvailable);
        Assert.ThrowsAny<ArgumentException>(() => new PhiAccrualFailureDetector(Config.Empty, new EventStream(false)));
    }

    [Fact]
    public void A_deadline_passes_after_interval_and_pause()
    {
        var detector = new DeadlineFailureDetector(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), () => _now);
        Assert.True(detector.IsAvailable);
        detector.HeartBeat();
        _now += 2999;
        Assert.True(detector.IsAvailable);
        _now += 1;
        Assert.False(detector.IsAvailable);
        detector.HeartBeat();
        Assert.True(detector.IsAvailable);
    }

    [Fact]
    public void A_registry_judges_each_resource_for_itself()
    {
        var registry = new DefaultFailureDetectorRegistry<string>(
            () => new DeadlineFailureDetector(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), () => _now));
        Assert.True(registry.IsAvailable("a"));
        Assert.False(registry.IsMonitoring("a"));
        registry.Heartbeat("a");
        _now += 2000;
        registry.Heartbeat("b");
        _now += 1500;
        Assert.False(registry.IsAvailable("a"));
        Assert.True(registry.IsAvailable("b"));
        registry.Remove("a");
        Assert.True(registry.IsAvailable("a"));
        registry.Reset();
        Assert.False(registry.IsMonitoring("b"));
    }

    private PhiAccrualFailureDetector NewPhi() => new(
        8, 100, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), () => _now);
}
