using System.Text;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// A fetch request (versions 4 to 18) read out of its frame without an object per partition. Names are places in the frame, so the view is
/// only good until the session has taken the entries over. Reused by its connection.
/// </summary>
internal sealed class FetchRequestView
{
    public const int MaxPartitions = 65_536;
    private const int KeptEntries = 1024;
    private const short FirstFlexible = 12;
    private const short FirstWithTopicIds = 13;
    private const short FirstWithReplicaState = 15;
    private const int ReplicaStateTag = 1;

    private readonly List<FetchTopicEntry> _topics = [];
    private readonly List<FetchEntry> _entries = [];
    private readonly List<FetchEntry> _forgotten = [];

    public short Version { get; private set; }

    public int MaxWaitMs { get; private set; }

    public int MinBytes { get; private set; }

    public int MaxBytes { get; private set; }

    public ReadIsolation Isolation { get; private set; }

    /// <summary>The isolation level is one that there is not.</summary>
    public bool HasUnknownIsolation { get; private set; }

    /// <summary>A broker that claims to fetch as a replica; -1 for consumers. Replicas of this cluster have ways of their own.</summary>
    public int ReplicaId { get; private set; }

    public int SessionId { get; private set; }

    public int SessionEpoch { get; private set; }

    /// <summary>The client's rack (KIP-392); empty when it has none.</summary>
    public string Rack { get; private set; } = "";

    /// <summary>Clients of these versions know that they may be sent to a follower, and may read from one.</summary>
    public bool KnowsReplicas => Version >= 11;

    public bool UsesTopicIds => Version >= FirstWithTopicIds;

    public IReadOnlyList<FetchTopicEntry> Topics => _topics;

    /// <summary>The partitions that were added or whose position changed.</summary>
    public List<FetchEntry> Entries => _entries;

    /// <summary>The partitions to forget; only topic and partition are set.</summary>
    public List<FetchEntry> Forgotten => _forgotten;

    /// <summary>Throws <see cref="WireFormatException"/>.</summary>
    public void Parse(ReadOnlyMemory<byte> frame, int bodyOffset, short version)
    {
        Clear();
        Version = version;
        var flexible = version >= FirstFlexible;
        var reader = new WireReader(frame);
        reader.Skip(bodyOffset);
        ReplicaId = version < FirstWithReplicaState ? reader.ReadInt32() : -1;
        MaxWaitMs = reader.ReadInt32();
        MinBytes = reader.ReadInt32();
        MaxBytes = reader.ReadInt32();
        var isolation = reader.ReadInt8();
        Isolation = isolation == 1 ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
        HasUnknownIsolation = isolation is < 0 or > 1;
        SessionId = version >= 7 ? reader.ReadInt32() : 0;
        SessionEpoch = version >= 7 ? reader.ReadInt32() : -1;
        for (var topics = Count(ref reader, flexible, "topics"); topics > 0; topics--) ParseTopic(ref reader);
        if (version >= 7)
            for (var topics = Count(ref reader, flexible, "forgotten topics"); topics > 0; topics--) ParseForgotten(ref reader);
        if (version >= 11) Rack = ReadRack(ref reader, flexible);
        if (version >= FirstWithReplicaState) ParseTags(ref reader);
        else if (flexible) reader.SkipTaggedFields();
    }

    public void Clear()
    {
        _topics.Clear();
        _entries.Clear();
        _forgotten.Clear();
        if (_entries.Capacity > KeptEntries) _entries.Capacity = KeptEntries;
    }

    /// <summary>From version 15 on a replica says in a tagged field who it is (KIP-903).</summary>
    private void ParseTags(ref WireReader reader)
    {
        var tag = -1;
        for (var left = reader.ReadTaggedFieldCount(); left > 0; left--)
        {
            tag = reader.ReadTag(tag, out var size);
            var end = reader.Position + size;
            if (tag == ReplicaStateTag)
            {
                ReplicaId = reader.ReadInt32();
                reader.Skip(sizeof(long));
                reader.SkipTaggedFields();
                reader.EndTag(end, "replicaState");
            }
            else
            {
                reader.Skip(size);
            }
        }
    }

    private void ParseTopic(ref WireReader reader)
    {
        var flexible = Version >= FirstFlexible;
        AddTopic(ref reader);
        for (var partitions = Count(ref reader, flexible, "partitions"); partitions > 0; partitions--)
        {
            if (_entries.Count == MaxPartitions) throw reader.Fail("partitions", $"are more than {MaxPartitions}");
            var partition = reader.ReadInt32();
            var currentLeaderEpoch = Version >= 9 ? reader.ReadInt32() : -1;
            var offset = reader.ReadInt64();
            var lastFetchedEpoch = Version >= 12 ? reader.ReadInt32() : -1;
            if (Version >= 5) reader.Skip(8);
            var maxBytes = reader.ReadInt32();
            if (flexible) reader.SkipTaggedFields();
            _entries.Add(new FetchEntry(_topics.Count - 1, partition, offset, maxBytes, currentLeaderEpoch, lastFetchedEpoch));
        }

        if (flexible) reader.SkipTaggedFields();
    }

    private void ParseForgotten(ref WireReader reader)
    {
        var flexible = Version >= FirstFlexible;
        AddTopic(ref reader);
        for (var partitions = Count(ref reader, flexible, "forgotten partitions"); partitions > 0; partitions--)
        {
            if (_forgotten.Count == MaxPartitions) throw reader.Fail("forgotten partitions", $"are more than {MaxPartitions}");
            _forgotten.Add(new FetchEntry(_topics.Count - 1, reader.ReadInt32(), 0, 0, -1, -1));
        }

        if (flexible) reader.SkipTaggedFields();
    }

    private void AddTopic(ref WireReader reader)
    {
        if (_topics.Count == MaxPartitions) throw reader.Fail("topics", $"are more than {MaxPartitions}");
        if (UsesTopicIds)
        {
            _topics.Add(new FetchTopicEntry(0, 0, reader.ReadUuid()));
            return;
        }

        var length = StringLength(ref reader, Version >= FirstFlexible);
        if (length < 0) throw reader.Fail("topic", "must not be null");
        _topics.Add(new FetchTopicEntry(reader.Position, length, Uuid.Zero));
        reader.Skip(length);
    }

    private static int Count(ref WireReader reader, bool flexible, string field)
    {
        var count = flexible ? reader.ReadCompactArrayLength(4, field) : reader.ReadArrayLength(4, field);
        return count >= 0 ? count : throw reader.Fail(field, "must not be null");
    }

    private string ReadRack(ref WireReader reader, bool flexible)
    {
        var length = StringLength(ref reader, flexible);
        if (length <= 0) return "";
        var text = reader.Slice(length).Span;
        // A client's rack is the same in every request: one string for all of them.
        return Encoding.UTF8.GetByteCount(Rack) == length && Encoding.UTF8.GetBytes(Rack).AsSpan().SequenceEqual(text) ? Rack : Encoding.UTF8.GetString(text);
    }

    private static int StringLength(ref WireReader reader, bool flexible) =>
        flexible ? (int)Math.Min(reader.ReadUnsignedVarint(), int.MaxValue) - 1 : reader.ReadInt16();
}
