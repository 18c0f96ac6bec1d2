using System.Net;
using ActorBroker.Core.Configuration;
using ActorBroker.Server.Start;

namespace ActorBroker.Server.Tests.Start;

public sealed class ListenerPlanTests
{
    [Fact]
    public void Clients_are_told_the_address_that_is_bound_unless_another_is_advertised()
    {
        var plan = Plan(("listeners", "PLAINTEXT://127.0.0.1:9092,INTERNAL://127.0.0.1:9093"), ("advertised.listeners", "INTERNAL://inside.example:19093"),
            ("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT"));
        var endpoints = plan.Endpoints(new Dictionary<string, IPEndPoint>());
        Assert.Equal([("PLAINTEXT", "127.0.0.1", 9092), ("INTERNAL", "inside.example", 19093)], endpoints.Select(endpoint => (endpoint.Listener, endpoint.Host, endpoint.Port)));
    }

    [Theory]
    [InlineData("PLAINTEXT://0.0.0.0:9092")]
    [InlineData("PLAINTEXT://:9092")]
    [InlineData("PLAINTEXT://[::]:9092")]
    public void All_addresses_without_an_advertised_one_are_refused_with_the_words_that_help(string listener) =>
        Assert.Contains("--advertise", Assert.Throws<StartException>(() => Plan(("listeners", listener))).Message);

    [Fact]
    public void All_addresses_with_an_advertised_one_are_fine()
    {
        var plan = Plan(("listeners", "PLAINTEXT://0.0.0.0:9092"), ("advertised.listeners", "PLAINTEXT://broker.example:9092"));
        Assert.Equal("broker.example", Assert.Single(plan.Advertised).Host);
    }

    [Fact]
    public void A_port_that_the_system_chose_is_the_one_that_clients_are_told()
    {
        var endpoints = Plan(("listeners", "PLAINTEXT://127.0.0.1:0"))
            .Endpoints(new Dictionary<string, IPEndPoint> { ["PLAINTEXT"] = new(IPAddress.Loopback, 40123) });
        Assert.Equal(40123, Assert.Single(endpoints).Port);
    }

    [Fact]
    public void An_advertised_listener_that_is_not_bound_is_refused() =>
        Assert.Contains("OTHER", Assert.Throws<StartException>(() => Plan(
            ("listeners", "PLAINTEXT://127.0.0.1:9092"), ("advertised.listeners", "OTHER://a:1"), ("listener.security.protocol.map", "OTHER:PLAINTEXT"))).Message);

    private static ListenerPlan Plan(params (string Name, string Value)[] settings) =>
        ListenerPlan.From(BrokerConfig.Load(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Config);
}
