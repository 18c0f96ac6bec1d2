using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Tools.Singleton;

// The family of hand-over messages: the new oldest asks, the previous one confirms, stops its singleton and says that it is done.

/// <summary>From the node that becomes the oldest: stop your singleton, I start mine.</summary>
internal sealed record HandOverToMe : IClusterSingletonMessage, IDeadLetterSuppression
{
    public static readonly HandOverToMe Instance = new();
}

/// <summary>From the previous oldest: the singleton has been told to stop.</summary>
internal sealed record HandOverInProgress : IClusterSingletonMessage
{
    public static readonly HandOverInProgress Instance = new();
}

/// <summary>From the previous oldest: the singleton has stopped.</summary>
internal sealed record HandOverDone : IClusterSingletonMessage
{
    public static readonly HandOverDone Instance = new();
}

/// <summary>From the previous oldest to the new one, which may not know whom to ask.</summary>
internal sealed record TakeOverFromMe : IClusterSingletonMessage, IDeadLetterSuppression
{
    public static readonly TakeOverFromMe Instance = new();
}

/// <summary>This node's member is up: the manager's work begins.</summary>
internal sealed record SelfUp : INoSerializationVerificationNeeded
{
    public static readonly SelfUp Instance = new();
}

/// <summary>The coordinated shutdown is in the phase in which this node exits from the cluster.</summary>
internal sealed record SelfExiting : INoSerializationVerificationNeeded
{
    public static readonly SelfExiting Instance = new();
}

/// <summary>The removal margin of a removed member has passed.</summary>
internal sealed record RemovalMarginPassed(UniqueAddress Node) : INoSerializationVerificationNeeded;

/// <summary>Time to forget members that were removed long ago.</summary>
internal sealed record ForgetRemoved : INoSerializationVerificationNeeded
{
    public static readonly ForgetRemoved Instance = new();
}

/// <summary>Time to repeat a request.</summary>
internal sealed record HandOverTick(SingletonTimer Timer, int Count) : INoSerializationVerificationNeeded;
