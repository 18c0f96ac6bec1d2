namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Streams one compressed record section out. The compressed bytes are in memory as a whole and passed to every call; the decoder keeps
/// only its position and a bounded window. Rent from <see cref="DecoderPool"/>; not thread-safe.
/// </summary>
internal abstract class SectionDecoder : IDisposable
{
    /// <summary>Forgets the section before.</summary>
    public abstract void Start(in DecompressionLimits limits);

    /// <summary>
    /// Fills as much of the (non-empty) destination as it can. <see cref="DecodeStatus.More"/> with less than a full destination is allowed
    /// when at least a byte was written.
    /// </summary>
    public abstract DecodeStatus Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written);

    /// <summary>Drops what was big; false when the decoder is not worth keeping.</summary>
    public abstract bool TryRecycle();

    public abstract void Dispose();
}
