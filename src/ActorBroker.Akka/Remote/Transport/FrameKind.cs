namespace Akka.Remote.Transport;

/// <summary>What a frame is. The node that connected sends messages, the other acknowledges them on the same connection.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Welcome = 2,
    Refusal = 3,
    Message = 10,
    SystemMessage = 11,

    /// <summary>The tables of names begin anew.</summary>
    Forget = 12,
    Acknowledgement = 20,
    KeepAlive = 21,
    Bye = 22,
}
