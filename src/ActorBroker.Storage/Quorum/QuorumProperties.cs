using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Quorum;

/// <summary>
/// <c>quorum.properties</c>, beside <c>meta.properties</c>: the cluster, the node, and the voters with the addresses of their control lanes,
/// so that a node that starts again finds the others whatever its seed list says. On a voter it is a copy of what the voter's file holds,
/// and tells when that file is gone; on every other node it is all there is.
///
/// <c>cluster.id</c>, <c>node.id</c>, <c>voters.epoch</c>, and for each voter <c>voter.ID=FILE@HOST:PORT</c>.
/// </summary>
public sealed record QuorumProperties(string ClusterId, int NodeId, VoterSet Voters)
{
    public const string FileName = "quorum.properties";

    /// <summary>Null when there is none.</summary>
    /// <exception cref="WireFormatException">The file does not say what it must.</exception>
    public static QuorumProperties? Read(string directory) => Read(new SystemStorageFiles(), directory);

    /// <summary>After a crash the old or the new content is there.</summary>
    public void Write(string directory) => Write(new SystemStorageFiles(), directory);

    internal static QuorumProperties? Read(StorageFiles files, string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!files.FileExists(path)) return null;
        string? clusterId = null;
        int? nodeId = null;
        var epoch = 0;
        var voters = ImmutableArray.CreateBuilder<Voter>();
        foreach (var line in Encoding.UTF8.GetString(files.ReadAll(path)).Split('\n', StringSplitOptions.TrimEntries))
        {
            var separator = line.IndexOf('=', StringComparison.Ordinal);
            if (line.Length == 0 || line[0] == '#' || separator < 0) continue;
            var (key, value) = (line[..separator].Trim(), line[(separator + 1)..].Trim());
            if (key == "cluster.id") clusterId = value;
            else if (key == "node.id" && int.TryParse(value, CultureInfo.InvariantCulture, out var number)) nodeId = number;
            else if (key == "voters.epoch" && int.TryParse(value, CultureInfo.InvariantCulture, out var found)) epoch = found;
            else if (key.StartsWith("voter.", StringComparison.Ordinal)) voters.Add(ParseVoter(path, key["voter.".Length..], value));
        }

        if (clusterId is null || nodeId is null) throw new WireFormatException($"{path}: cluster.id or node.id is missing");
        return new QuorumProperties(clusterId, nodeId.Value, new VoterSet(epoch, voters.ToImmutable()));
    }

    internal void Write(StorageFiles files, string directory)
    {
        var text = new StringBuilder("# Written by the node. The voters as last known; a voter's own file is what counts.\n");
        text.Append(CultureInfo.InvariantCulture, $"cluster.id={ClusterId}\nnode.id={NodeId}\nvoters.epoch={Voters.Epoch}\n");
        foreach (var voter in Voters.Voters)
            text.Append(CultureInfo.InvariantCulture, $"voter.{voter.Id}={voter.FileId}@{voter.Host}:{voter.Port}\n");
        files.Replace(Path.Combine(directory, FileName), Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Voter ParseVoter(string path, string id, string value)
    {
        var at = value.IndexOf('@', StringComparison.Ordinal);
        var colon = value.LastIndexOf(':');
        if (at > 0 && colon > at && int.TryParse(id, CultureInfo.InvariantCulture, out var node) && Uuid.TryParse(value[..at], out var file)
            && int.TryParse(value[(colon + 1)..], CultureInfo.InvariantCulture, out var port))
            return new Voter(node, file, value[(at + 1)..colon], port);
        throw new WireFormatException($"{path}: voter.{id}={value} is not FILE@HOST:PORT");
    }
}
