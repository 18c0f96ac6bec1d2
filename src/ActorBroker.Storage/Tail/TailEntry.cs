using ActorBroker.Core.Kernel;

namespace ActorBroker.Storage.Tail;

/// <summary>
/// One cached batch. <see cref="Charge"/> is what it costs the budget: the whole capacity for the first batch in a buffer, nothing for the
/// others.
/// </summary>
internal struct TailEntry
{
    public long BaseOffset;
    public long LastOffset;
    public LeasedBuffer Buffer;
    public int Start;
    public int Length;
    public int Charge;
    public long TickMs;
}
