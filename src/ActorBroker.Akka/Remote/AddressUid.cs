using Akka.Actor;

namespace Akka.Remote;

/// <summary>Tells incarnations of an actor system at one address apart.</summary>
internal sealed class AddressUid : IExtension
{
    public readonly int Uid = Random.Shared.Next();
}

internal sealed class AddressUidExtension : ExtensionIdProvider<AddressUid>
{
    public static int Uid(ActorSystem system) => system.WithExtension<AddressUid, AddressUidExtension>().Uid;

    public override AddressUid CreateExtension(ExtendedActorSystem system) => new();
}
