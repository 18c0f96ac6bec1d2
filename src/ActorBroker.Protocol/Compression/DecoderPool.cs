namespace ActorBroker.Protocol.Compression;

/// <summary>
/// A bounded set of idle decoders per codec. Slots are taken and given back by interlocked exchange: no lock, no allocation; a decoder
/// that finds no free slot is disposed.
/// </summary>
internal static class DecoderPool
{
    private const int SlotsPerCodec = 16;

    private static readonly SectionDecoder?[] Slots = new SectionDecoder?[5 * SlotsPerCodec];

    /// <summary>Null when the codec is not available.</summary>
    public static SectionDecoder? Rent(CompressionCodec codec)
    {
        var slots = Slots.AsSpan((int)codec * SlotsPerCodec, SlotsPerCodec);
        foreach (ref var slot in slots)
        {
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } decoder) return decoder;
        }
        return codec switch
        {
            CompressionCodec.Gzip => new GzipDecoder(),
            CompressionCodec.Snappy => new SnappyDecoder(),
            CompressionCodec.Lz4 => new Lz4Decoder(),
            CompressionCodec.Zstd => ZstdLibrary.IsAvailable ? new ZstdDecoder() : null,
            _ => null,
        };
    }

    public static void Return(CompressionCodec codec, SectionDecoder decoder)
    {
        if (decoder.TryRecycle())
        {
            foreach (ref var slot in Slots.AsSpan((int)codec * SlotsPerCodec, SlotsPerCodec))
            {
                if (slot is null && Interlocked.CompareExchange(ref slot, decoder, null) is null) return;
            }
        }
        decoder.Dispose();
    }
}
