using Akka.Actor;

namespace Akka.Util;

/// <summary>An object that travels as its <see cref="ISurrogate"/>.</summary>
public interface ISurrogated
{
    ISurrogate ToSurrogate(ActorSystem system);
}
