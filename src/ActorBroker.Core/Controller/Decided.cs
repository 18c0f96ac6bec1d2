using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Controller;

/// <summary>The controller has no timers and sends nothing: whoever follows the metadata reacts to the records.</summary>
public readonly record struct NoEffect;

/// <summary>Short forms for the controller's decisions.</summary>
internal static class Decided
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Reply(ControllerReply reply) => new([], reply, []);

    public static Decision<MetadataRecord, ControllerReply, NoEffect> With(IReadOnlyList<MetadataRecord> records, ControllerReply reply) =>
        new(records, reply, []);
}
