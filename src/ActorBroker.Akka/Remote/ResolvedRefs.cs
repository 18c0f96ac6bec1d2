using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// References that were lately resolved from texts, per thread: messages name the same few again and again. A local one is
/// taken again only while its actor lives and the text names its incarnation; a place where nobody was is never kept.
/// </summary>
internal sealed class ResolvedRefs(RemoteActorRefProvider provider)
{
    private const int Size = 512;
    private const int LongestText = 512;

    [ThreadStatic]
    private static ResolvedRefs? _ofThread;

    private readonly (string? Text, IActorRef? Ref)[] _slots = new (string?, IActorRef?)[Size];

    public static IActorRef Resolve(RemoteActorRefProvider provider, string text)
    {
        var cache = _ofThread;
        if (cache is null || !ReferenceEquals(cache.Provider, provider))
            _ofThread = cache = new ResolvedRefs(provider);
        return cache.Resolve(text);
    }

    /// <summary>True when the reference means the same actor for as long as it is not terminated.</summary>
    public static bool MayKeep(IActorRef reference) => reference is RemoteActorRef
        || (reference is LocalActorRef { IsTerminated: false } local && local.Path.Uid != ActorCell.UndefinedUid);

    public static bool StillGood(IActorRef reference) => reference is not LocalActorRef { IsTerminated: true };

    private RemoteActorRefProvider Provider => provider;

    private IActorRef Resolve(string text)
    {
        ref var slot = ref _slots[text.GetHashCode() & (Size - 1)];
        if (slot.Text == text && StillGood(slot.Ref!))
            return slot.Ref!;
        var resolved = ActorPath.TryParse(text, out var path) ? provider.ResolveActorRef(path!) : provider.DeadLetters;
        // A text without uid means whoever has the name at the time.
        if (text.Length <= LongestText && path?.Uid != ActorCell.UndefinedUid && MayKeep(resolved))
            slot = (text, resolved);
        return resolved;
    }
}
