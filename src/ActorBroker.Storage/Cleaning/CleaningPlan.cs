namespace ActorBroker.Storage.Cleaning;

/// <summary>What the cleaner is to rewrite of one log.</summary>
public sealed class CleaningPlan
{
    internal CleaningPlan()
    {
    }
}

/// <summary>What the cleaner wrote, for the owner to swap in.</summary>
public sealed class CleaningResult
{
    internal CleaningResult()
    {
    }
}
