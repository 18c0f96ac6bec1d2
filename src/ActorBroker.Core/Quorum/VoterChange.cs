namespace ActorBroker.Core.Quorum;

/// <summary>What is to become of the voter set.</summary>
public abstract record VoterChange;

/// <summary>A voter more; one of the same id with another file must be removed first.</summary>
public sealed record AddVoter(Voter Voter) : VoterChange;

public sealed record RemoveVoter(int Id) : VoterChange;

/// <summary>Only brings a change that somebody left half done to its end.</summary>
public sealed record FinishVoterChange : VoterChange
{
    public static readonly FinishVoterChange Instance = new();
}
