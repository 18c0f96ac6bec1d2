namespace ActorBroker.Core.Ports;

/// <summary>The special timestamps of ListOffsets (R49).</summary>
public static class OffsetTimestamps
{
    public const long Latest = -1;
    public const long Earliest = -2;

    /// <summary>The earliest record that has the largest timestamp (KIP-734).</summary>
    public const long Max = -3;

    /// <summary>The start of what is on local disks (KIP-405).</summary>
    public const long EarliestLocal = -4;

    /// <summary>The end of what is in remote storage (KIP-1005).</summary>
    public const long LatestTiered = -5;

    /// <summary>The first record that is not in remote storage yet (KIP-1023).</summary>
    public const long EarliestPendingUpload = -6;
}
