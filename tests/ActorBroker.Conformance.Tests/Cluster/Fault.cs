using ActorBroker.Conformance.Tests.Brokers;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// Something that goes wrong in a cluster under load: breaks it, lets it be broken for a while, and mends it. After a fault all nodes run
/// and all links are whole.
/// </summary>
internal sealed record Fault(string Name, Func<FaultScene, Task> Run, Func<TestCluster, bool>? Needs = null)
{
    private static readonly Lazy<bool> s_canTrace = new(() =>
    {
        if (Clients.Outside.Find("strace") is null) return false;
        // A container, or a user who is not root, may not be allowed to look into a process that runs already.
        var attach = new System.Diagnostics.ProcessStartInfo("sh", ["-c", "sleep 1 & exec strace -q -o /dev/null -p $!"]) { RedirectStandardError = true };
        using var self = System.Diagnostics.Process.Start(attach)!;
        self.WaitForExit();
        return self.ExitCode == 0;
    });

    /// <summary>Every kind, in the order in which a long run goes through them.</summary>
    public static readonly Fault[] All =
    [
        new("kill-leader", scene => KillAndRestart(scene, scene.Leader())),
        new("kill-follower", scene => KillAndRestart(scene, scene.Other(scene.Leader()))),
        new("kill-controller", scene => KillAndRestart(scene, scene.Controller())),
        new("kill-oldest", scene => KillAndRestart(scene, scene.Oldest())),
        new("kill-twice", KillTwice),
        new("kill-all", KillAll),
        new("freeze-leader", scene => Freeze(scene, scene.Leader())),
        new("freeze-controller", scene => Freeze(scene, scene.Controller())),
        new("rolling-restart", RollingRestart),
        new("cut-off", CutOff, CanCut),
        new("cut-one-way", CutOneWay, CanCut),
        new("bridge", Bridge, CanCut),
        new("cut-controller", CutController, CanCut),
        new("disk-full", DiskFull, cluster => cluster.Disks is not null),
        new("slow-disk", SlowDisk, _ => s_canTrace.Value),
        new("clock-step", ClockStep, _ => FakeClock.Library is not null),
    ];

    private static bool CanCut(TestCluster cluster) => cluster.Network.IsIsolated;

    private static async Task KillAndRestart(FaultScene scene, ClusterNode victim)
    {
        await victim.Kill();
        await scene.Pause(500, 4000);
        victim.Launch();
        scene.Restarted(victim);
    }

    private static async Task KillTwice(FaultScene scene)
    {
        for (var i = 0; i < 2; i++)
        {
            await KillAndRestart(scene, scene.Any());
            await scene.Pause(200, 2500);
        }
    }

    private static async Task KillAll(FaultScene scene)
    {
        await Task.WhenAll(scene.Cluster.Nodes.Select(node => node.Kill()));
        await scene.Pause(0, 1000);
        foreach (var node in scene.Shuffled())
        {
            node.Launch();
            scene.Restarted(node);
        }
    }

    private static async Task Freeze(FaultScene scene, ClusterNode victim)
    {
        victim.Signal(Signals.Stop);
        await scene.Pause(300, 6000);
        victim.Signal(Signals.Continue);
    }

    private static async Task RollingRestart(FaultScene scene)
    {
        foreach (var node in scene.Shuffled())
        {
            var code = await node.Stop();
            if (code != 0) throw new InvalidOperationException($"Node {node.Id} ended with {code} instead of 0:\n{node.Log}");
            node.Launch();
            scene.Restarted(node);
            await scene.Cluster.Complete();
            await scene.Cluster.InSync(TestCluster.Patience, scene.Topic);
        }
    }

    private static async Task CutOff(FaultScene scene)
    {
        var victim = scene.Any();
        foreach (var other in scene.Cluster.Nodes)
            if (other != victim) await scene.Cluster.Network.CutBoth(victim.Id, other.Id);
        await scene.Pause(300, 8000);
        await scene.Cluster.Network.Heal();
    }

    private static async Task CutOneWay(FaultScene scene)
    {
        var victim = scene.Any();
        foreach (var other in scene.Cluster.Nodes)
            if (other != victim) await scene.Cluster.Network.Cut(victim.Id, other.Id);
        await scene.Pause(300, 8000);
        await scene.Cluster.Network.Heal();
    }

    private static async Task CutController(FaultScene scene)
    {
        var victim = scene.Controller();
        foreach (var other in scene.Cluster.Nodes)
            if (other != victim) await scene.Cluster.Network.CutBoth(victim.Id, other.Id);
        await scene.Pause(300, 8000);
        await scene.Cluster.Network.Heal();
    }

    /// <summary>Two nodes do not see each other, everybody else sees both.</summary>
    private static async Task Bridge(FaultScene scene)
    {
        var nodes = scene.Shuffled();
        await scene.Cluster.Network.CutBoth(nodes[0].Id, nodes[1].Id);
        await scene.Pause(300, 8000);
        await scene.Cluster.Network.Heal();
    }

    private static async Task DiskFull(FaultScene scene)
    {
        var victim = scene.Any();
        await scene.Cluster.Disks!.Fill(victim.Id);
        await scene.Pause(500, 5000);
        scene.Cluster.Disks.Free(victim.Id);
    }

    private static async Task SlowDisk(FaultScene scene)
    {
        var victim = scene.Any();
        await using var slow = Clients.Client.Start("strace", "-f", "-q", "-e", "trace=fdatasync,fsync", "-e",
            "inject=fdatasync,fsync:delay_enter=300000", "-o", "/dev/null", "-p", victim.ProcessId.ToString());
        await scene.Pause(1000, 5000);
        slow.Signal(Signals.Interrupt);
        await slow.Ends();
    }

    private static async Task ClockStep(FaultScene scene)
    {
        var victim = scene.Any();
        await victim.Kill();
        await using var clock = FakeClock.On(victim);
        victim.Launch();
        scene.Restarted(victim);
        await scene.Cluster.Complete();
        clock.Set(scene.Random.Next(2) == 0 ? "-3600" : "+3600");
        await scene.Pause(1000, 4000);
        clock.Set("+0");
    }
}
