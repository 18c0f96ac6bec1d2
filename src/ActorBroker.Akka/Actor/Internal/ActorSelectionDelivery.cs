using System.IO.Enumeration;

namespace Akka.Actor;

/// <summary>A message on its way down the tree.</summary>
internal sealed class ActorSelectionMessage(object message, string[] elements, bool wildCardFanOut)
    : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    public object Message => message;

    public string[] Elements => elements;

    /// <summary>A wildcard chose several: one that leads nowhere is not worth a dead letter.</summary>
    public bool WildCardFanOut => wildCardFanOut;
}

/// <summary>Walks selections down (and up) the local tree; a remote anchor gets the rest of the way as a message.</summary>
internal static class ActorSelectionDelivery
{
    public static ActorSelection Select(ActorPath path, ActorSystemImpl system) =>
        new(system.Provider.RootGuardianAt(path.Address), path.Elements);

    public static ActorSelection Select(string path, ActorSystemImpl system, IActorRef? from = null)
    {
        if (path.Contains("://", StringComparison.Ordinal))
        {
            return Address.TryParse(path, out var address, out var rest)
                ? new ActorSelection(system.Provider.RootGuardianAt(address!), rest!)
                : new ActorSelection(system.Provider.DeadLetters, "");
        }
        return path.StartsWith('/') || from is null
            ? new ActorSelection(system.LocalProvider.RootGuardian, path)
            : new ActorSelection(from, path);
    }

    public static void Deliver(IInternalActorRef anchor, ActorSelectionMessage selection, IActorRef? sender)
    {
        var at = anchor;
        for (var i = 0; i < selection.Elements.Length; i++)
        {
            if (at is not LocalActorRef local)
            {
                at.Tell(new ActorSelectionMessage(selection.Message, selection.Elements[i..], selection.WildCardFanOut), sender);
                return;
            }
            var element = selection.Elements[i];
            if (element == "..")
            {
                at = at.Parent;
            }
            else if (element == "**")
            {
                DeliverToAllBelow(local, selection.Message, sender);
                return;
            }
            else if (element.AsSpan().ContainsAny('*', '?'))
            {
                DeliverToMatching(local, selection, i, sender);
                return;
            }
            else if (local.GetChild([element]) is var child && !child.IsNobody())
            {
                at = (IInternalActorRef)child;
            }
            else
            {
                NotFound(local, selection, sender);
                return;
            }
        }
        at.Tell(selection.Message, sender);
    }

    private static void DeliverToAllBelow(LocalActorRef parent, object message, IActorRef? sender)
    {
        foreach (var child in Children(parent))
        {
            child.Tell(message, sender);
            if (child is LocalActorRef local)
                DeliverToAllBelow(local, message, sender);
        }
    }

    private static void DeliverToMatching(LocalActorRef parent, ActorSelectionMessage selection, int index, IActorRef? sender)
    {
        var matching = Children(parent)
            .Where(c => FileSystemName.MatchesSimpleExpression(selection.Elements[index], c.Path.Name, ignoreCase: false))
            .ToArray();
        if (matching.Length == 0)
        {
            NotFound(parent, selection, sender);
            return;
        }
        var rest = new ActorSelectionMessage(
            selection.Message, selection.Elements[(index + 1)..], selection.WildCardFanOut || matching.Length > 1);
        foreach (var child in matching)
            Deliver(child, rest, sender);
    }

    private static void NotFound(LocalActorRef at, ActorSelectionMessage selection, IActorRef? sender)
    {
        if (!selection.WildCardFanOut)
            new EmptyLocalActorRef(at.Provider, at.Path / selection.Elements, at.Cell.SystemImpl.EventStream).Tell(selection, sender);
    }

    private static IEnumerable<IInternalActorRef> Children(LocalActorRef parent) =>
        parent.Cell.ChildrenOrNull?.Snapshot().Select(c => c.Ref) ?? [];
}
