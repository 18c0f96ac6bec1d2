using ActorBroker.Core.Metadata;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>Hands what the controller has committed to the actors that push it to all nodes.</summary>
internal sealed class FeedSink(IActorRef gate) : IMetadataSink
{
    private long _committed = -1;

    public long CommittedOffset => Interlocked.Read(ref _committed);

    public void Recovered(MetadataImage image) => gate.Tell(new FeedBegun(image), ActorRefs.NoSender);

    public void Ended() => gate.Tell(FeedEnded.Instance, ActorRefs.NoSender);

    public void Committed(IReadOnlyList<MetadataBatch> batches, MetadataImage image)
    {
        Interlocked.Exchange(ref _committed, image.Offset);
        gate.Tell(new FeedCommitted(batches, image), ActorRefs.NoSender);
    }
}
