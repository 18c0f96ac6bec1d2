using System.Net.Sockets;

namespace ActorBroker.Server.Cli.Client;

/// <summary>Says in words why a connection did not come about, and what people usually got wrong then.</summary>
internal static class ConnectFault
{
    public static BrokerUnreachableException Explain(BrokerAddress address, TimeSpan limit, Exception error)
    {
        var (message, advice) = error switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => (
                $"nothing listens on {address}",
                "is the broker running, and is this its client port? Set --bootstrap or ACTORBROKER_BOOTSTRAP"),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => (
                $"the name {address.Host} is unknown here",
                "check the spelling, DNS or /etc/hosts; a name that is known within a container network only must be advertised otherwise"),
            SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable } => (
                $"no route to {address}", "check network, VPN and firewall"),
            OperationCanceledException => (
                $"{address} did not accept a connection within {limit.TotalSeconds:0.#} s",
                "a firewall that drops packets looks like this, and so does a wrong address"),
            _ => ($"cannot connect to {address}: {error.Message}", null),
        };
        return new BrokerUnreachableException(address, message, error) { Advice = advice };
    }

    public static BrokerUnreachableException NotKafka(BrokerAddress address, Exception error) =>
        new(address, $"{address} accepts connections but does not answer as a Kafka broker: {error.Message}", error)
        {
            Advice = "is this a TLS listener, a controller or node-to-node port, or another service's port?",
        };
}
