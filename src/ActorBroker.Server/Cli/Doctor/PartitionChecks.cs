using System.Globalization;
using ActorBroker.Protocol;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Doctor;

/// <summary>Leaders, replicas and min.insync.replicas of every topic, and whether group coordinators can be found.</summary>
internal static class PartitionChecks
{
    private const int NamesShown = 5;

    public static async Task<List<Finding>> RunAsync(KafkaClient client, ClusterSnapshot cluster, CancellationToken cancel)
    {
        var findings = new List<Finding> { Controller(cluster) };
        var all = cluster.Topics.Values.SelectMany(t => t.Partitions.Select(p => (At: new TopicPartition(t.Name, p.Index), View: p))).ToArray();
        findings.Add(Leaders(all));
        findings.Add(Replicas(all));
        findings.AddRange(await MinIsrAsync(client, cluster, cancel).ConfigureAwait(false));
        findings.Add(await CoordinatorAsync(client, cancel).ConfigureAwait(false));
        return findings;
    }

    internal static Finding Controller(ClusterSnapshot cluster) => cluster.Brokers.ContainsKey(cluster.ControllerId)
        ? new Finding(FindingLevel.Ok, "controller", $"broker {cluster.ControllerId} takes administrative requests")
        : new Finding(FindingLevel.Warning, "controller", "no controller is known", "topics cannot be made or changed now; see the brokers' logs");

    internal static Finding Leaders(IReadOnlyCollection<(TopicPartition At, PartitionView View)> all)
    {
        var offline = all.Where(p => p.View.Leader < 0).Select(p => p.At.ToString()).ToArray();
        return offline.Length == 0
            ? new Finding(FindingLevel.Ok, "leaders", $"all {all.Count} partitions have leaders")
            : new Finding(FindingLevel.Failure, "leaders", $"{offline.Length} of {all.Count} partitions are offline: {Some(offline)}",
                "bring back a broker that holds an in-sync replica, or its disk; nothing can be produced or consumed there meanwhile");
    }

    internal static Finding Replicas(IReadOnlyCollection<(TopicPartition At, PartitionView View)> all)
    {
        var behind = all.Where(p => p.View.IsUnderReplicated).ToArray();
        if (behind.Length == 0) return new Finding(FindingLevel.Ok, "replicas", "all replicas are in sync");
        var missing = behind.SelectMany(p => p.View.Replicas.Except(p.View.Isr)).Distinct().Order();
        return new Finding(FindingLevel.Warning, "replicas",
            $"{behind.Length} partitions miss replicas on broker {string.Join(", ", missing)}: {Some(behind.Select(p => p.At.ToString()))}",
            "is that broker running, can the others reach it, does its disk keep up?");
    }

    internal static Finding? MinIsr(TopicView topic, int min, bool manyBrokers)
    {
        var below = topic.Partitions.Where(p => p.Leader >= 0 && p.Isr.Count < min).Select(p => $"{topic.Name}-{p.Index}").ToArray();
        if (below.Length > 0)
        {
            return new Finding(FindingLevel.Failure, "min ISR",
                $"{below.Length} partitions take no writes with acks=all, fewer than {min} replicas in sync: {Some(below)}",
                topic.ReplicationFactor < min
                    ? $"min.insync.replicas={min} is more than the topic has replicas ({topic.ReplicationFactor}): lower it"
                    : "bring the missing replicas back");
        }

        if (!manyBrokers) return null;
        if (topic.ReplicationFactor == 1)
            return new Finding(FindingLevel.Warning, "min ISR",
                $"{topic.Name} has one replica: the loss of one broker takes it offline, of one disk its records");
        return topic.ReplicationFactor == min
            ? new Finding(FindingLevel.Warning, "min ISR",
                $"{topic.Name} has min.insync.replicas equal to its replicas ({min}): every restart of a broker stops writes",
                "lower min.insync.replicas by one, or add a replica")
            : null;
    }

    private static async Task<List<Finding>> MinIsrAsync(KafkaClient client, ClusterSnapshot cluster, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var topic in cluster.Topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            try
            {
                var configs = await client.DescribeConfigsAsync(ConfigScope.Topic, topic.Name, false, cancel).ConfigureAwait(false);
                var text = configs.FirstOrDefault(c => c.Name == "min.insync.replicas")?.Value;
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var min)) continue;
                if (MinIsr(topic, min, cluster.Brokers.Count > 1) is { } finding) findings.Add(finding);
            }
            catch (KafkaErrorException error) when (error.Error == ErrorCode.UnknownTopicOrPartition)
            {
                // Deleted since it was listed.
            }
        }

        if (findings.Count == 0) findings.Add(new Finding(FindingLevel.Ok, "min ISR", "every topic has as many replicas in sync as its writes need"));
        return findings;
    }

    private static async Task<Finding> CoordinatorAsync(KafkaClient client, CancellationToken cancel)
    {
        try
        {
            var address = await client.RetryAsync(limit => client.CoordinatorAsync("actorbroker-doctor", limit), cancel).ConfigureAwait(false);
            return new Finding(FindingLevel.Ok, "groups", $"a group's coordinator is found ({address})");
        }
        catch (ClientException error)
        {
            return new Finding(FindingLevel.Failure, "groups", $"no coordinator for groups: {error.Message}",
                "consumers in groups cannot work; look at the partitions of __consumer_offsets: 'actorbroker topic describe __consumer_offsets'");
        }
    }

    private static string Some(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return string.Join(", ", all.Take(NamesShown)) + (all.Length > NamesShown ? $" and {all.Length - NamesShown} more" : "");
    }
}
