using System.Net.Sockets;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>The commands against a node of this build.</summary>
public sealed class AgainstOursTests(OwnProcess broker) : CommandScenarios(broker), IClassFixture<OwnProcess>
{
    private readonly OwnProcess _broker = broker;

    [Fact]
    public async Task A_limit_of_connections_takes_effect_without_a_restart_and_goes_with_its_config()
    {
        (await RunAsync("config", "set", "--broker", "1", "max.connections.per.ip=6")).Ok();
        await BecomesAsync(async () => await SurvivorsAsync(10) <= 6, "connections beyond the limit are closed");
        var shown = (await RunAsync("config", "describe", "--broker", "1", "max.connections.per.ip", "--format", "json")).Ok().Json;
        Assert.Equal("6", (string?)shown[0]!["value"]);
        (await RunAsync("config", "delete", "--broker", "1", "max.connections.per.ip")).Ok();
        await BecomesAsync(async () => await SurvivorsAsync(10) == 10, "all are let in again");
        Assert.Contains("Cannot update these configs dynamically", (await RunAsync("config", "set", "--broker", "1", "connections.max.idle.ms=5")).Error);
    }

    private static async Task BecomesAsync(Func<Task<bool>> condition, string what)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !await condition(); await Task.Delay(20)) Assert.True(DateTime.UtcNow < deadline, what);
    }

    /// <summary>How many of so many connections are let stay: each asks for the versions, which only those get.</summary>
    private async Task<int> SurvivorsAsync(int count)
    {
        var port = int.Parse(_broker.Bootstrap[(_broker.Bootstrap.LastIndexOf(':') + 1)..]);
        var clients = new List<TcpClient>();
        try
        {
            var answered = 0;
            for (var i = 0; i < count; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync("127.0.0.1", port);
                if (await AnswersAsync(client.GetStream())) answered++;
            }

            return answered;
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    private static async Task<bool> AnswersAsync(NetworkStream stream)
    {
        try
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255 }); // ApiVersions v0 without a client id
            return await stream.ReadAsync(new byte[4]) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
