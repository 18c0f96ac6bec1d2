using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>A node's own settings for its cluster: addresses of its two lanes, and how long silence may last.</summary>
public static class OwnClusterSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Text("actorbroker.cluster.advertise", null, ReadOnly,
            "Host by which the other nodes reach this one, where it differs from the one in actorbroker.cluster.listen."),
        Text("actorbroker.cluster.bulk.listen", null, ReadOnly,
            "Address of the lane for replicated data, host:port; default: the next free port after actorbroker.cluster.listen."),
        Text("actorbroker.cluster.listen", null, ReadOnly,
            "Address for the other nodes, host:port. Set: this node is one of a cluster. Not set: it stands alone."),
        List("actorbroker.cluster.seeds", "", ReadOnly,
            "Addresses (actorbroker.cluster.listen) of the nodes that form a new cluster: its first voters, 1, 3 or 5. The first of them " +
            "makes the cluster. Counts for a node with an empty data directory; later the addresses on record count.",
            AnyList),
        Int("actorbroker.membership.ping.interval.ms", "200", ReadOnly,
            "Milliseconds between two heartbeats from a voter to a node.",
            AtLeast(10)),
        Int("actorbroker.membership.suspect.after.ms", "1000", ReadOnly,
            "Milliseconds without an answer after which a voter suspects a node; a majority of the voters takes it out of the cluster.",
            AtLeast(50)),
    ];
}
