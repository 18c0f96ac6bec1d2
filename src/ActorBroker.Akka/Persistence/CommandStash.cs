using Akka.Actor;

namespace Akka.Persistence;

/// <summary>
/// The user's stash in front of the internal one. Unstashing all must not put messages into the mailbox at once: the first of
/// them may persist, and the others then have to wait in their order. So they go to the front of the internal stash, which gives
/// one after each command.
/// </summary>
internal sealed class CommandStash(IStash user, IStash waiting) : IStash
{
    public int Count => user.Count;

    public bool IsEmpty => user.IsEmpty;

    public bool NonEmpty => user.NonEmpty;

    public bool IsFull => user.IsFull;

    public int Capacity => user.Capacity;

    public void Stash() => user.Stash();

    public void Unstash() => user.Unstash();

    public void UnstashAll() => waiting.Prepend(user.ClearStash());

    public void UnstashAll(Func<Envelope, bool> predicate) => user.UnstashAll(predicate);

    public IEnumerable<Envelope> ClearStash() => user.ClearStash();

    public void Prepend(IEnumerable<Envelope> envelopes) => user.Prepend(envelopes);
}
