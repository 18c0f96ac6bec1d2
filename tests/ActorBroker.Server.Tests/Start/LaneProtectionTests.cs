using ActorBroker.Server.Start;
using Akka.Configuration;

namespace ActorBroker.Server.Tests.Start;

public sealed class LaneProtectionTests
{
    [Theory]
    [InlineData("actorbroker.akka.remote.cookie = secret")]
    [InlineData("actorbroker.akka.remote.ssl.require-mutual-authentication = on")]
    public void Protection_that_the_actor_system_does_not_know_is_refused(string asked) =>
        Assert.Contains(asked[..asked.IndexOf(' ')], LaneProtection.WhyRefused(ConfigurationFactory.ParseString(asked)), StringComparison.Ordinal);

    [Fact]
    public void Protection_that_it_knows_is_not() => Assert.Null(LaneProtection.WhyRefused(ConfigurationFactory.ParseString(
        "actorbroker.akka.remote { max-associations = 4096, cookie = secret }")));

    [Fact]
    public void Without_protection_every_system_will_do() =>
        Assert.Null(LaneProtection.WhyRefused(ConfigurationFactory.ParseString("akka.actor.provider = cluster")));
}
