using Akka.Actor;

namespace Akka.Persistence;

/// <summary>Given to a persistent actor when its recovery is over, before its first command.</summary>
public sealed class RecoveryCompleted : INoSerializationVerificationNeeded
{
    public static readonly RecoveryCompleted Instance = new();

    private RecoveryCompleted()
    {
    }

    public override bool Equals(object? obj) => obj is RecoveryCompleted;

    public override int GetHashCode() => nameof(RecoveryCompleted).GetHashCode(StringComparison.Ordinal);
}
