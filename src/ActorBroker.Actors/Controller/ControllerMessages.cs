using ActorBroker.Core.Controller;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>A command from a node to the controller, wherever it runs. Answered by one <see cref="ControllerResponse"/>, or not at
/// all.</summary>
/// <param name="Correlation">The asker's own number for it.</param>
/// <param name="LimitMs">How long the asker waits; what is taken up later is not carried out.</param>
public sealed record ControllerRequest(long Correlation, int LimitMs, ControllerCommand Command);

/// <param name="Term">The controller's epoch.</param>
/// <param name="Offset">The answer is true for images from this offset on.</param>
/// <param name="Error">Why there is no reply.</param>
/// <param name="Reply">Null when the command was not, or perhaps not, carried out.</param>
public sealed record ControllerResponse(long Correlation, int Term, long Offset, KafkaError Error, ControllerReply? Reply);

/// <summary>
/// The sender is the controller under this term: it has committed the term's first record. Sent to all nodes when a term begins, and as an
/// answer to every periodic <see cref="MetadataPosition"/>.
/// </summary>
public sealed record ControllerAnnounced(int Term);

/// <summary>A node follows the metadata and has this much of it; sent after each push, and at intervals.</summary>
/// <param name="IsPeriodic">Whether it is sent at an interval: then it asks for an answer, and tells what was lost on the way.</param>
public sealed record MetadataPosition(int NodeId, long Incarnation, long Offset, bool IsPeriodic);
