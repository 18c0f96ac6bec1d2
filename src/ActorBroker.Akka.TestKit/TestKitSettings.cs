using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>Settings below <c>akka.test</c>.</summary>
public class TestKitSettings : IExtension
{
    public TestKitSettings(Config config)
    {
        var test = config.GetConfig("akka.test") ?? throw ConfigurationException.NullOrEmptyConfig<TestKitSettings>("akka.test");
        DefaultTimeout = test.GetTimeSpan("default-timeout", TimeSpan.FromSeconds(5), false);
        SingleExpectDefault = test.GetTimeSpan("single-expect-default", TimeSpan.FromSeconds(3), false);
        TestEventFilterLeeway = test.GetTimeSpan("filter-leeway", TimeSpan.FromSeconds(3), false);
        TestTimeFactor = test.GetDouble("timefactor", 1);
        if (TestTimeFactor <= 0)
            throw new ConfigurationException($"akka.test.timefactor is {TestTimeFactor}; it has to be above 0");
    }

    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long one expectation outside <c>Within</c> waits.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long an event filter waits for its events after the block.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>Every dilated duration is multiplied by this.</summary>
    public double TestTimeFactor { get; }
}
