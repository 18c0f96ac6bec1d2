namespace ActorBroker.Actors.Controller;

/// <summary>Where the metadata log stood when a command was answered: the controller's epoch, and the offset an asker has to see.</summary>
public readonly record struct CommitPosition(int Term, long Offset);
