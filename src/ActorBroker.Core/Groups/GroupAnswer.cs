using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>A reply and whom it is for.</summary>
public readonly record struct GroupAnswer(Ticket Ticket, GroupReply Reply);
