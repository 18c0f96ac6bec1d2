using ActorBroker.Core.Controller;

namespace ActorBroker.Actors.Controller;

/// <summary>A command with its answer, which is true once the metadata are committed up to the offset.</summary>
internal readonly record struct DecidedCommand(PendingCommand Command, ControllerReply Reply, long Offset);
