using ActorBroker.Protocol.Codec;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Protocol.Tests.Messages;

public class MessageTests
{
    [Fact]
    public void AFieldThatTheVersionLacksIsAnErrorUnlessItMayBeDropped()
    {
        using var writer = new WireWriter();
        var request = new OffsetFetchRequest { GroupId = "g", RequireStable = true };
        var refusal = Assert.Throws<UnsupportedFieldException>(() => request.Write(writer, 6));
        Assert.Contains("RequireStable", refusal.Message);

        writer.Clear();
        new MetadataResponse { ClusterId = "dropped" }.Write(writer, 0);
        Assert.Equal(new byte[8], writer.WrittenSpan.ToArray());
    }

    [Fact]
    public void NullWhereTheVersionHasNoneIsAnError()
    {
        using var writer = new WireWriter();
        var everything = new MetadataRequest { Topics = null };
        everything.Write(writer, 1);
        Assert.Throws<UnsupportedFieldException>(() => everything.Write(writer, 0));
    }

    [Fact]
    public void AVersionThatDoesNotExistIsRefusedBothWays()
    {
        using var writer = new WireWriter();
        Assert.Throws<UnsupportedFieldException>(() => new FetchRequest().Write(writer, 3));
        Assert.Throws<WireFormatException>(() => Decode<FetchRequest>(new byte[100], 19));
    }

    [Fact]
    public void UnknownTaggedFieldsAreKeptAndWrittenInOrderAmongKnownOnes()
    {
        using var writer = new WireWriter();
        var known = new FetchRequest { ClusterId = "c", UnknownTaggedFields = new byte[] { 7, 1, 42, 9, 0 } };
        known.ReplicaState.ReplicaId = 3;
        known.Write(writer, 18);

        var read = Decode<FetchRequest>(writer.WrittenMemory, 18);
        Assert.Equal(new byte[] { 7, 1, 42, 9, 0 }, read.UnknownTaggedFields.ToArray());
        Assert.Equal(("c", 3), (read.ClusterId, read.ReplicaState.ReplicaId));
        Assert.Throws<UnsupportedFieldException>(() => read.Write(writer, 11));
    }

    [Fact]
    public void UnknownTaggedFieldsAroundAKnownOneAreKeptInOnePiece()
    {
        var reader = new WireReader(new byte[] { 4, 0, 1, 50, 1, 1, 51, 2, 0, 5, 2, 52, 53 });
        var tags = new TagCursor(ref reader);
        while (tags.Next(ref reader))
        {
            if (tags.Tag == 1) reader.ReadInt8();
            else tags.Keep(ref reader);
        }
        reader.ExpectEnd();
        Assert.Equal(new byte[] { 0, 1, 50, 2, 0, 5, 2, 52, 53 }, tags.Unknown.ToArray());
        Assert.Equal(3u, TagCursor.Count(tags.Unknown.Span));
    }

    [Fact]
    public void NullAndEmptyStayApart()
    {
        foreach (var topics in new List<MetadataRequest.MetadataRequestTopic>?[] { null, [] })
        {
            using var writer = new WireWriter();
            new MetadataRequest { Topics = topics }.Write(writer, 12);
            Assert.Equal(topics is null, Decode<MetadataRequest>(writer.WrittenMemory, 12).Topics is null);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(13)]
    public void ALargeHonestRequestIsDecodedThoughItsObjectsOutgrowIt(short version)
    {
        var request = new MetadataRequest { Topics = [] };
        for (var i = 0; i < 50_000; i++) request.Topics.Add(new() { Name = $"t{i}" });
        using var writer = new WireWriter();
        request.Write(writer, version);
        var frame = writer.WrittenSpan.ToArray();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Decode<MetadataRequest>(frame, version);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4L * frame.Length + 4096);
        Array.Clear(frame);
        Assert.Equal(request.Topics.Select(topic => topic.Name), read.Topics!.Select(topic => topic.Name));
    }

    [Fact]
    public void AMessageWithFarMoreElementsThanAnyClientSendsIsRefused()
    {
        using var writer = new WireWriter();
        const int Count = 1_000_000;
        writer.WriteCompactArrayLength(Count);
        for (var i = 0; i < Count; i++) writer.WriteRaw([2, 1, 0, 0]);
        writer.WriteRaw([0, 0, 0]);
        var refusal = Assert.Throws<WireFormatException>(() => Decode<DescribeConfigsRequest>(writer.WrittenMemory, 4));
        Assert.Contains("more elements than a frame of its size may hold", refusal.Message);
    }

    private static T Decode<T>(ReadOnlyMemory<byte> frame, short version)
        where T : IWireMessage, new()
    {
        var message = new T();
        var reader = new WireReader(frame);
        message.Read(ref reader, version);
        return message;
    }
}
