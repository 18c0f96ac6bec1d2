using Akka.Actor;

namespace Akka.Util;

/// <summary>Wire form of an object that is bound to one actor system.</summary>
public interface ISurrogate
{
    ISurrogated FromSurrogate(ActorSystem system);
}
