namespace Akka.Actor;

/// <summary>A parent's record of a child; the reference is absent while the name is only reserved.</summary>
internal sealed class ChildStats
{
    public RestartWindow Restarts;

    public IInternalActorRef Ref { get; set; } = null!;
}
