using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>An actor of this node as another one names it. With a uid it is one incarnation; without, whoever has the name.</summary>
internal sealed class RecipientName(string text, RemoteActorRefProvider provider)
{
    private ActorPath? _path;
    private IActorRef? _kept;

    public string Text => text;

    public IActorRef Resolve()
    {
        if (_kept is { } kept && ResolvedRefs.StillGood(kept))
            return kept;
        if (_path is null && !ActorPath.TryParse(provider.RootPath.Address + text, out _path))
            return provider.DeadLetters;
        var found = provider.ResolveActorRef(_path!);
        _kept = _path!.Uid != ActorCell.UndefinedUid && ResolvedRefs.MayKeep(found) ? found : null;
        return found;
    }
}
