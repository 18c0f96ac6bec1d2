using System.Diagnostics;
using ActorBroker.Core.Partitions;
using ActorBroker.Storage.Flushing;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class DiskFaultTests : IDisposable
{
    private const string Injected = "ACTORBROKER_INJECTED_EIO";

    private readonly string _root = Directory.CreateTempSubdirectory("actorbroker-disk-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_full_disk_refuses_appends_and_nothing_else_until_there_is_room()
    {
        var device = new CrashFiles(_root, 1);
        using var node = new TestNode(files: device, root: _root);
        var log = node.Open();
        node.Fill(log, 20);
        device.SpaceLeft = 0;
        var outcome = TestNode.Append(log, BatchSource.Plain(node.Pool, 60, 3));
        Assert.Equal(LogIoErrorKind.NoSpace, outcome.Failure?.Kind);
        Assert.Equal((0, 60L), (outcome.Appended, log.LogEndOffset));
        TestNode.AssertWhole(log);
        Assert.False(node.Logs.IsOffline);
        device.SpaceLeft = long.MaxValue;
        node.Fill(log, 20);
        TestNode.AssertWhole(log);
        Assert.Equal(120, log.LogEndOffset);
    }

    [Fact]
    public void A_run_that_fails_in_its_second_segment_tells_what_is_in()
    {
        var device = new CrashFiles(_root, 1);
        using var node = new TestNode(files: device, root: _root);
        var log = node.Open(new PartitionSettings { SegmentBytes = 2000 });
        node.Fill(log, 1);
        var batches = Enumerable.Range(0, 20).Select(i => BatchSource.Plain(node.Pool, 3 + (i * 3), 3)).ToArray();
        device.SpaceLeft = 2000;
        var outcome = TestNode.Append(log, batches);
        Assert.Equal(LogIoErrorKind.NoSpace, outcome.Failure?.Kind);
        Assert.InRange(outcome.Appended, 1, 19);
        Assert.Equal(3 + (outcome.Appended * 3), log.LogEndOffset);
        TestNode.AssertWhole(log);
        device.SpaceLeft = long.MaxValue;
        node.Fill(log, 20);
        TestNode.AssertWhole(log);
        node.Kill(log);
        TestNode.AssertWhole(node.Open());
    }

    [Fact]
    public void A_failed_write_is_not_a_sequence_seen()
    {
        var device = new CrashFiles(_root, 1);
        using var node = new TestNode(files: device, root: _root);
        var log = node.Open();
        Assert.True(TestNode.Append(log, BatchSource.From(node.Pool, 0, producerId: 1, epoch: 0, sequence: 0)).IsComplete);
        device.SpaceLeft = 0;
        var next = BatchSource.From(node.Pool, 1, producerId: 1, epoch: 0, sequence: 1);
        Assert.True(log.Producers.Check(next.Facts, isFromClient: true).IsAccepted);
        log.Producers.Stage(next.Facts, 1);
        Assert.True(log.Producers.Check(next.Facts, isFromClient: true).IsDuplicate);
        Assert.False(TestNode.Append(log, next).IsComplete);
        Assert.True(log.Producers.Check(next.Facts, isFromClient: true).IsAccepted);
    }

    [Fact]
    public void Now_and_then_failing_writes_lose_nothing_that_was_confirmed()
    {
        var device = new CrashFiles(_root, 1) { FailEveryWrite = 7 };
        using var node = new TestNode(files: device, root: _root);
        var log = node.Open(new PartitionSettings { SegmentBytes = 3000 });
        var failures = 0;
        for (var i = 0; i < 300; i++)
        {
            var outcome = TestNode.Append(log, BatchSource.Plain(node.Pool, log.LogEndOffset, 2));
            if (outcome.Failure is { } failure)
            {
                Assert.Equal(LogIoErrorKind.Device, failure.Kind);
                failures++;
            }
        }
        Assert.True(failures > 10);
        Assert.Equal(2 * (300 - failures), log.LogEndOffset);
        TestNode.AssertWhole(log);
        device.FailEveryWrite = 0;
        node.Kill(log);
        log = node.Open();
        TestNode.AssertWhole(log);
        Assert.Equal(2 * (300 - failures), log.LogEndOffset);
    }

    [Fact]
    public void A_failed_sync_takes_the_directory_offline_for_good()
    {
        var device = new CrashFiles(_root, 1);
        using var node = new TestNode(files: device, root: _root);
        var log = node.Open();
        node.Fill(log, 5);
        var told = 0;
        node.Logs.WentOffline += (_, _) => told++;
        device.FailSyncs = true;
        var result = log.BeginFlush()!.Execute();
        log.CompleteFlush(result);
        Assert.Equal(LogIoErrorKind.Offline, result.Failure?.Kind);
        Assert.Equal(0, log.RecoveryPoint);
        Assert.True(node.Logs.IsOffline);
        device.FailSyncs = false;
        Assert.Equal(LogIoErrorKind.Offline, TestNode.Append(log, BatchSource.Plain(node.Pool, 15, 1)).Failure?.Kind);
        var again = log.BeginFlush()!.Execute();
        Assert.Equal(LogIoErrorKind.Offline, again.Failure?.Kind);
        log.CompleteFlush(again);
        TestNode.AssertWhole(log);
        Assert.Equal(1, told);
        Assert.False(log.Close(clean: true));
        node.Logs.Close(clean: true);
        node.Start();
        Assert.False(node.Logs.WasCleanShutdown);
    }

    [Fact]
    public void The_flusher_reports_each_flush_once()
    {
        using var node = new TestNode();
        using var flusher = new LogFlusher(2, node.Said);
        var logs = Enumerable.Range(0, 20).Select(i => node.Open(partition: new Core.Kernel.TopicPartition("flushed", i))).ToList();
        using var done = new CountdownEvent(logs.Count);
        foreach (var log in logs)
        {
            node.Fill(log, 10);
            Assert.True(flusher.Submit(log.BeginFlush()!, result =>
            {
                Assert.Null(result.Failure);
                result.Log.CompleteFlush(result);
                done.Signal();
            }));
            Assert.Null(log.BeginFlush());
        }
        Assert.True(done.Wait(TimeSpan.FromSeconds(60)));
        Assert.All(logs, log => Assert.Equal(30, log.RecoveryPoint));
    }

    [SkippableFact]
    public void A_really_full_file_system_behaves_the_same()
    {
        var mount = Path.Combine(_root, "small");
        Directory.CreateDirectory(mount);
        Skip.If(!OperatingSystem.IsLinux() || !TryRun("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount), "needs root on Linux to mount a small file system");
        try
        {
            using var node = new TestNode(root: mount);
            var log = node.Open();
            LogIoException? failure = null;
            while (failure is null) failure = TestNode.Append(log, BatchSource.Plain(node.Pool, log.LogEndOffset, 1, valueBytes: 9000)).Failure;
            Assert.Equal(LogIoErrorKind.NoSpace, failure.Kind);
            Assert.True(log.LogEndOffset > 50);
            TestNode.AssertWhole(log);
            var end = log.LogEndOffset;
            Assert.True(TryRun("mount", "-o", "remount,size=4m", mount));
            node.Fill(log, 50, valueBytes: 9000);
            Assert.Equal(end + 150, log.LogEndOffset);
            TestNode.AssertWhole(log);
            Assert.True(log.Close(clean: true));
        }
        finally
        {
            TryRun("umount", mount);
        }
    }

    [SkippableFact]
    public void An_error_of_the_systems_own_fdatasync_surfaces()
    {
        Skip.If(!OperatingSystem.IsLinux(), "/dev/full and sync errors are Linux's");
        // A pipe cannot be synced: fdatasync answers EINVAL, which .NET's own flush would report as success.
        var fifo = Path.Combine(_root, "fifo");
        Skip.If(!TryRun("mkfifo", fifo), "mkfifo is not on this machine");
        using var handle = File.OpenHandle(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var file = new Files.SystemStorageFile(handle, fifo);
        var error = Assert.Throws<LogIoException>(file.Sync);
        Assert.Equal((LogIoErrorKind.Offline, 22), (error.Kind, error.Errno));
    }

    /// <summary>Runs the test below in a process of its own, in which strace makes every fdatasync fail with EIO.</summary>
    [SkippableFact]
    public void A_device_error_injected_into_the_system_call_takes_the_directory_offline()
    {
        Skip.If(!OperatingSystem.IsLinux() || !TryRun("strace", "-V"), "strace is not on this machine");
        Skip.If(Environment.GetEnvironmentVariable(Injected) is not null, "runs inside itself");
        var start = new ProcessStartInfo(
            "strace",
            [
                "-f", "-qq", "-o", Path.Combine(_root, "strace.out"), "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO", "dotnet", "vstest",
                typeof(DiskFaultTests).Assembly.Location, $"/TestCaseFilter:FullyQualifiedName~{nameof(Every_sync_of_this_process_fails)}",
            ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment[Injected] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the traced process did not end");
        }
        Skip.If(output.Result.Contains("ptrace", StringComparison.Ordinal), "tracing is not allowed here");
        Assert.Matches(@"Passed:?\s+1", output.Result);
        Assert.Contains("EIO", File.ReadAllText(Path.Combine(_root, "strace.out")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Every_sync_of_this_process_fails()
    {
        Skip.If(Environment.GetEnvironmentVariable(Injected) is null, "only in a traced process");
        File.WriteAllText(Path.Combine(_root, "meta.properties"), $"cluster.id=c\nnode.id=1\nversion=1\ndirectory.id={Protocol.Uuid.NewRandom()}\n");
        using var node = new TestNode(root: _root);
        var log = node.Open();
        node.Fill(log, 5);
        var result = log.BeginFlush()!.Execute();
        log.CompleteFlush(result);
        Assert.Equal((LogIoErrorKind.Offline, 5), (result.Failure!.Kind, result.Failure.Errno));
        Assert.Equal(0, log.RecoveryPoint);
        Assert.True(node.Logs.IsOffline);
        TestNode.AssertWhole(log);
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            return process.WaitForExit(20_000) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
