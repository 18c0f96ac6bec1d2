namespace ActorBroker.Storage;

/// <summary>
/// How many of the batches are in the log, in order; with a <see cref="Failure"/> the rest is not, and no trace of it is left in the files.
/// A value rather than an exception, because a run of batches may cross a roll and succeed in part.
/// </summary>
public readonly record struct AppendOutcome(int Appended, LogIoException? Failure)
{
    public bool IsComplete => Failure is null;
}
