namespace ActorBroker.Server.Cli.Cluster;

/// <summary>
/// What is not as it should be: nodes and voters that are down, partitions without a leader, replicas that are behind, moves under way. A
/// healthy cluster can lose any one node (of three) without losing a record or a partition.
/// </summary>
internal static class HealthCheck
{
    private const int Shown = 5;

    /// <param name="overview">What the cluster looks like.</param>
    /// <param name="nodes">How many nodes have to be up; 0 for those that are registered.</param>
    public static IReadOnlyList<HealthProblem> Problems(ClusterOverview overview, int nodes)
    {
        var problems = new List<HealthProblem>();
        var down = overview.Nodes.Where(node => node.IsDown).Select(node => $"{node.Id}").ToList();
        if (down.Count > 0) problems.Add(new HealthProblem("nodes-down", $"down: node {string.Join(", ", down)}"));
        var up = overview.Nodes.Count - down.Count;
        if (up < nodes) problems.Add(new HealthProblem("nodes-missing", $"{up} of {nodes} nodes are up"));
        var silent = overview.Quorum.Voters.Where(voter => !voter.Answers).Select(voter => $"{voter.Id}").ToList();
        if (silent.Count > 0) problems.Add(new HealthProblem("voters-missing", $"no answer from voter {string.Join(", ", silent)}"));
        if (overview.Quorum.Leader < 0) problems.Add(new HealthProblem("no-controller", "no node is the controller"));
        Add(problems, overview, "offline", "without a leader", partition => partition.Leader < 0);
        Add(problems, overview, "under-replicated", "with replicas that are behind", partition => partition.IsUnderReplicated);
        if (overview.Moves.Count > 0)
            problems.Add(new HealthProblem("moving", Sentence(overview.Moves.Count, "being moved", overview.Moves.Select(move => $"{move.Partition}"))));
        return problems;
    }

    private static void Add(
        List<HealthProblem> problems, ClusterOverview overview, string code, string words, Func<Client.PartitionView, bool> isWrong)
    {
        var wrong = overview.Partitions.Where(at => isWrong(at.Partition)).Select(at => $"{at.Topic}-{at.Partition.Index}").ToList();
        if (wrong.Count > 0) problems.Add(new HealthProblem(code, Sentence(wrong.Count, words, wrong)));
    }

    private static string Sentence(int count, string words, IEnumerable<string> names) =>
        $"{count} partition{(count == 1 ? "" : "s")} {words}: {string.Join(", ", names.Take(Shown))}{(count > Shown ? ", …" : "")}";
}

/// <param name="Code">For scripts.</param>
internal sealed record HealthProblem(string Code, string Text);
