using Akka.Util;

namespace Akka.Actor;

/// <summary>Handle of one incarnation of an actor, near or far.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, ISurrogated, IComparable
{
    ActorPath Path { get; }
}
