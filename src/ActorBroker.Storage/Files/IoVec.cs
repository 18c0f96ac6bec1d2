namespace ActorBroker.Storage.Files;

/// <summary>
/// One piece of a vectored write, in the layout that <c>pwritev</c> takes. The memory is pinned and leased by the caller.
/// </summary>
internal unsafe struct IoVec
{
    public byte* Base;
    public nuint Length;
}
