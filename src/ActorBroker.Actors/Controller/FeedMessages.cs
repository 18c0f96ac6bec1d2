using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>A controller on this node has recovered the image.</summary>
internal sealed record FeedBegun(MetadataImage Image) : INoSerializationVerificationNeeded;

/// <summary>Batches were committed and lead to the image.</summary>
internal sealed record FeedCommitted(IReadOnlyList<MetadataBatch> Batches, MetadataImage Image) : INoSerializationVerificationNeeded;

/// <summary>Who is a member of the cluster and neither down nor removed, as this node sees it.</summary>
public sealed record LiveMembersChanged(IReadOnlySet<MemberAddress> Live) : INoSerializationVerificationNeeded;

/// <summary>The controller has ended. What it had published stays what it is; commands of its own wait for the next term.</summary>
internal sealed class FeedEnded : INoSerializationVerificationNeeded
{
    public static readonly FeedEnded Instance = new();

    private FeedEnded()
    {
    }
}
