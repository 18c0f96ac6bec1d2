using ActorBroker.Network.Listeners;

namespace ActorBroker.Network.Tests.Connections;

public sealed class ListenerSettingsTests
{
    private static readonly Dictionary<string, SecurityProtocol> s_protocols = new() { ["INTERNAL"] = SecurityProtocol.SaslSsl };

    [Fact]
    public void Entries_have_name_host_port_and_protocol()
    {
        var listeners = ListenerSettings.Parse("PLAINTEXT://:9092, internal://[::1]:9093,SSL://0.0.0.0:0", s_protocols);
        Assert.Equal(
            [
                new ListenerSettings("PLAINTEXT", "", 9092),
                new ListenerSettings("INTERNAL", "::1", 9093, SecurityProtocol.SaslSsl),
                new ListenerSettings("SSL", "0.0.0.0", 0, SecurityProtocol.Ssl),
            ],
            listeners);
    }

    [Theory]
    [InlineData("", "At least one listener")]
    [InlineData("localhost:9092", "not of the form")]
    [InlineData("PLAINTEXT://host", "not of the form")]
    [InlineData("PLAINTEXT://host:x", "no port")]
    [InlineData("PLAINTEXT://host:70000", "no port")]
    [InlineData("OTHER://host:1", "listener.security.protocol.map")]
    [InlineData("SSL://a:1,SSL://b:2", "different name")]
    [InlineData("SSL://a:1,PLAINTEXT://a:1", "different port")]
    public void Wrong_entries_are_refused_with_words_that_help(string text, string words)
    {
        var error = Assert.Throws<FormatException>(() => ListenerSettings.Parse(text, s_protocols));
        Assert.Contains(words, error.Message);
    }
}
