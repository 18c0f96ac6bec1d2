using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Which level the metadata log has (KIP-584 for our own feature). It is raised by command once every registered broker reads the new level,
/// and never lowered, for what is written cannot be unwritten. A broker whose release reads less than the level is refused: it would stop
/// at the first record. A node that was alone and registers with lanes raises the level itself, as nobody else reads its log.
/// </summary>
internal static class FeaturePlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Set(ControllerState state, SetFeatureLevel command)
    {
        var error = Check(state, command);
        if (!error.IsNone || command.ValidateOnly || LevelOf(state, command.Feature) == command.Level)
            return Decided.Reply(new FeatureReply(error));
        return Decided.With([new FeatureLevelSet(command.Feature, command.Level)], new FeatureReply(KafkaError.None));
    }

    /// <summary>Whether a broker may register at the log's level; adds the record that raises it for a node that becomes a cluster.</summary>
    public static KafkaError Admit(ControllerState state, RegisterBroker command, List<MetadataRecord> records)
    {
        var level = state.Image.MetadataLevel;
        if (command.MetadataLevel < level)
        {
            return new KafkaError(ErrorCode.UnsupportedVersion,
                $"The metadata are at level {level}; broker {command.BrokerId} reads up to {command.MetadataLevel}.");
        }
        if (command.Lanes is null || level >= MetadataFeature.ClusterLevel) return KafkaError.None;
        if (state.Image.Brokers.Keys.Any(id => id != command.BrokerId))
        {
            return new KafkaError(ErrorCode.UnsupportedVersion,
                $"A broker with node-to-node addresses needs metadata of level {MetadataFeature.ClusterLevel}; " +
                $"{MetadataFeature.Name} is at {level} and must be raised first.");
        }
        records.Add(new FeatureLevelSet(MetadataFeature.Name, MetadataFeature.ClusterLevel));
        return KafkaError.None;
    }

    private static short LevelOf(ControllerState state, string feature) => state.Image.Features.GetValueOrDefault(feature);

    private static KafkaError Check(ControllerState state, SetFeatureLevel command)
    {
        KafkaError Refused(string why) => new(ErrorCode.InvalidUpdateVersion,
            $"Invalid update version {command.Level} for feature {command.Feature}. {why}");
        if (command.Feature != MetadataFeature.Name)
            return Refused("Local controller " + state.Image.ControllerId + " does not support this feature.");
        if (command.Level is < MetadataFeature.MinLevel or > MetadataFeature.Level)
        {
            return Refused($"Local controller {state.Image.ControllerId} only supports versions " +
                           $"{MetadataFeature.MinLevel}-{MetadataFeature.Level}");
        }
        if (command.Level < state.Image.MetadataLevel)
            return Refused("Can't downgrade the version of this feature: newer records may have been written.");
        foreach (var broker in state.Image.Brokers.Values)
        {
            // The controller's own node runs this release, whatever its registration could say at the old level.
            if (broker.MetadataLevel < command.Level && broker.Id != state.Image.ControllerId)
                return Refused($"Broker {broker.Id} only supports versions {MetadataFeature.MinLevel}-{broker.MetadataLevel}");
        }
        return KafkaError.None;
    }
}
