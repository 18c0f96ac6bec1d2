using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// A node that keeps the metadata, where its control lane listens, and the id of the file it keeps them in: a voter whose disk was wiped
/// has forgotten what it promised, so it is another voter, and must be taken out and put in anew.
/// </summary>
public sealed record Voter(int Id, Uuid FileId, string Host, int Port)
{
    public override string ToString() => $"{Id}@{Host}:{Port}";
}
