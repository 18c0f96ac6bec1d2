using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Throttles that operators set while they move replicas, and take away afterwards.</summary>
public static class ThrottleSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Long("follower.replication.throttled.rate", "9223372036854775807",
            "Bytes a second that throttled followers on this broker may fetch.",
            AtLeast(0)),
        Long("leader.replication.throttled.rate", "9223372036854775807",
            "Bytes a second that throttled leaders on this broker may give to followers.",
            AtLeast(0)),
        Long("replica.alter.log.dirs.io.max.bytes.per.second", "9223372036854775807",
            "Bytes a second that moving replicas between data directories may copy.",
            AtLeast(0)),
    ];
}
