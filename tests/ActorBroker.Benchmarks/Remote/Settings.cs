namespace ActorBroker.Benchmarks.Remote;

internal static class Settings
{
    public const string Config = """
        akka {
          loglevel = WARNING
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, maximum-frame-size = 1 MiB }
        }
        """;
}
