using System.Diagnostics;
using System.Text;
using ActorBroker.Core.Metadata;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Produce;

/// <summary>
/// A produce request under way: the frame that it came in, its parsed entries, and how many of them are not settled yet. Each connection
/// keeps a few and reuses them. The last entry to settle, on whatever thread, makes the operation ready and wakes the pipeline.
/// </summary>
internal sealed class ProduceOperation(ProducePipeline pipeline)
{
    private const int KeptPartitions = 256;

    private readonly List<ProduceAppend> _appends = [];
    private readonly List<ProduceTopic> _topics = [];
    private Frame _frame;
    private int _appendCount;
    private int _unsettled;
    private volatile bool _isReady;

    public short Version { get; private set; }

    public int CorrelationId { get; private set; }

    public long Started { get; private set; }

    public short Acks { get; set; }

    public int TimeoutMs { get; set; }

    public bool HasTransactionalId { get; set; }

    /// <summary>Milliseconds that the client is asked to wait (R6).</summary>
    public int ThrottleTimeMs { get; set; }

    public Frame Frame => _frame;

    public IReadOnlyList<ProduceTopic> Topics => _topics;

    public int Count => _appendCount;

    public bool IsReady => _isReady;

    public ProduceAppend this[int index] => _appends[index];

    public void Begin(in RequestHeader header, Frame frame)
    {
        Version = header.ApiVersion;
        CorrelationId = header.CorrelationId;
        Started = Stopwatch.GetTimestamp();
        ThrottleTimeMs = 0;
        _frame = frame;
        _isReady = false;
    }

    public void AddTopic(ProduceTopic topic) => _topics.Add(topic);

    public ProduceAppend AddPartition(int index, int recordsStart, int recordsLength)
    {
        if (_appendCount == _appends.Count) _appends.Add(new ProduceAppend(this));
        var append = _appends[_appendCount++];
        append.PartitionIndex = index;
        append.RecordsStart = recordsStart;
        append.RecordsLength = recordsLength;
        return append;
    }

    /// <summary>Replaces the entries by some of them in another order; the topics' places refer to the new one.</summary>
    public void Rearrange(List<ProduceTopic> topics, List<ProduceAppend> kept)
    {
        var dropped = _appends.Except(kept).ToArray();
        _topics.Clear();
        _topics.AddRange(topics);
        _appends.Clear();
        _appends.AddRange(kept);
        _appendCount = kept.Count;
        _appends.AddRange(dropped);
    }

    public ReadOnlySpan<byte> NameOf(in ProduceTopic topic) => _frame.Buffer.Span(topic.NameStart, topic.NameLength);

    /// <summary>The topic that the request names, by id from version 13 on; null when the image does not know it.</summary>
    public TopicImage? FindTopic(MetadataImage image, in ProduceTopic topic) => Version >= 13
        ? image.TopicsById.GetValueOrDefault(topic.Id)
        : image.Topics.GetValueOrDefault(Encoding.UTF8.GetString(NameOf(topic)));

    /// <summary>Before the first append: all entries and the one who hands them out are to settle.</summary>
    public void Arm() => Volatile.Write(ref _unsettled, _appendCount + 1);

    /// <summary>One entry, or the one who hands them out, is done.</summary>
    public void Settle()
    {
        if (Interlocked.Decrement(ref _unsettled) != 0) return;
        _isReady = true;
        pipeline.OnReady();
    }

    /// <summary>Gives the frame back and forgets the request.</summary>
    public void Reset()
    {
        for (var i = 0; i < _appendCount; i++) _appends[i].Reset();
        if (_appends.Count > KeptPartitions) _appends.RemoveRange(KeptPartitions, _appends.Count - KeptPartitions);
        _appendCount = 0;
        _topics.Clear();
        _frame.Release();
        _frame = default;
    }
}
