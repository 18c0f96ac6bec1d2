using System.Diagnostics;
using ActorBroker.Protocol;
using Xunit.Abstractions;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>Replication over Akka.Remote on loopback, as in a cluster.</summary>
public sealed class BulkLaneTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ReplicaCluster _cluster = new() { UsesSockets = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_acknowledged_has_gone_through_the_sockets()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 20; i++) Assert.Equal((ErrorCode.None, i * 3L), Of(await leader.AppendAsync(3)));
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1, valueBytes: 2_500_000)).Error);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_node_that_comes_back_on_another_port_is_found_and_filled()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(3);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(3);
        _cluster.Controller.Change(partition => partition with { Isr = [1, 2] });
        for (var i = 0; i < 20; i++) Assert.Equal(ErrorCode.None, (await leader.AppendAsync(3)).Error);
        _cluster.Start(3);
        await _cluster.Agree(1, 2, 3);
        await _cluster.ElectAsync(2);
        Assert.Equal(ErrorCode.None, (await _cluster[2].AppendAsync(1)).Error);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task Many_batches_at_once_are_replicated_at_a_rate_that_is_told()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        await _cluster.Agree(1, 2, 3);
        const int rounds = 40;
        const int atOnce = 50;
        const int bytes = 16_000;
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => leader.AppendAsync(1, valueBytes: bytes)));
            Assert.All(results, result => Assert.Equal(ErrorCode.None, result.Error));
        }

        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        var megabytes = rounds * atOnce * bytes / 1e6;
        output.WriteLine($"{megabytes / seconds:F0} MB/s to three replicas, {(process.TotalProcessorTime - cpu).TotalMilliseconds / megabytes:F1} ms of CPU per MB (all three nodes and the producer)");
        var latencies = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await leader.AppendAsync(1, valueBytes: 1000);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        latencies.Sort();
        output.WriteLine($"acks=all, one at a time: p50 {latencies[250]:F0} us, p99 {latencies[495]:F0} us");
        await _cluster.Agree(1, 2, 3);
    }

    private static (ErrorCode Error, long BaseOffset) Of(Core.Ports.AppendResult result) => (result.Error, result.BaseOffset);
}
