using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Fakes;

internal static class FetchRequestSetter
{
    public static FetchRequest Set(this FetchRequest request, Action<FetchRequest> change)
    {
        change(request);
        return request;
    }
}
