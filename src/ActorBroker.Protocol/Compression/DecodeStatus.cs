namespace ActorBroker.Protocol.Compression;

/// <summary>How a step of decompression ended.</summary>
public enum DecodeStatus : byte
{
    /// <summary>There may be more; progress was made.</summary>
    More = 0,

    /// <summary>The stream is complete and all of it was given out.</summary>
    End,

    /// <summary>The bytes are not what the codec writes, or end too early.</summary>
    Corrupt,

    /// <summary>The section grew beyond <see cref="DecompressionLimits"/>.</summary>
    TooLarge,
}
