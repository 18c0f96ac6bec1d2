using Akka.Util;

namespace Akka.Actor;

/// <summary>Surrogates serve reflective serializers, which this engine does not have; one form is enough for all.</summary>
internal sealed class TextSurrogate(Func<ActorSystem, ISurrogated> restore) : ISurrogate
{
    public ISurrogated FromSurrogate(ActorSystem system) => restore(system);
}
