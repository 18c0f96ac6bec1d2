namespace ActorBroker.Storage;

/// <summary>What is known about the files of a log when it opens.</summary>
public enum LogOpenMode : byte
{
    /// <summary>The directory's clean-shutdown marker was there: end offset and producers come from checkpoints, no data is read.</summary>
    Clean,

    /// <summary>The last owner did not stop in order: everything past the recovery point is validated.</summary>
    Unclean,
}
