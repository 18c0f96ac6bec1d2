using ActorBroker.Actors.Partitions;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Actors.Serialization;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

public sealed class ReplicationCodecTests
{
    private static readonly TopicIdPartition s_id = new(new Uuid(7, 8), 3);

    [Fact]
    public void Every_kind_of_part_comes_back_as_it_was()
    {
        var open = RoundTrip(new ReplicaPart { Kind = PartKind.Open, Id = s_id, LeaderEpoch = 5, Session = 9, Position = new(1, 2, 3, 4) });
        Assert.Equal((s_id, 5, 9L, new ReplicaPosition(1, 2, 3, 4)), (open.Id, open.LeaderEpoch, open.Session, open.Position));
        Assert.Equal(new FollowerSession(2, 77, 9), open.From);
        var opened = RoundTrip(new ReplicaPart
        {
            Kind = PartKind.Opened, Id = s_id, LeaderEpoch = 5, Session = 9, Answer = new(OpenVerdict.Refused, ErrorCode.FencedLeaderEpoch, 6, -1),
            HighWatermark = 10, LogStart = 2,
        });
        Assert.Equal((new OpenAnswer(OpenVerdict.Refused, ErrorCode.FencedLeaderEpoch, 6, -1), 10L, 2L), (opened.Answer, opened.HighWatermark, opened.LogStart));
        var news = RoundTrip(new ReplicaPart
        {
            Kind = PartKind.Records, Id = s_id, LeaderEpoch = 5, Session = 9, StartOffset = 20, EndOffset = 20, HighWatermark = 18, LogStart = 3, WantsAnswer = true,
        });
        Assert.Equal((20L, 20L, 18L, 3L, true, 0), (news.StartOffset, news.EndOffset, news.HighWatermark, news.LogStart, news.WantsAnswer, news.Bytes));
        var acknowledged = RoundTrip(new ReplicaPart { Kind = PartKind.Acknowledge, Id = s_id, LeaderEpoch = 5, Session = 9, EndOffset = 30, DurableEnd = 29, LogStart = 1 });
        Assert.Equal((30L, 29L, 1L), (acknowledged.EndOffset, acknowledged.DurableEnd, acknowledged.LogStart));
        Assert.Equal(ErrorCode.KafkaStorageError, RoundTrip(new ReplicaPart { Kind = PartKind.Closed, Id = s_id, LeaderEpoch = 5, Error = ErrorCode.KafkaStorageError }).Error);
        Assert.Equal(-1, RoundTrip(new ReplicaPart { Kind = PartKind.LeaderHere, Id = s_id, LeaderEpoch = 5 }).Session);
    }

    [Fact]
    public void Records_are_copied_out_of_all_slices_from_any_position()
    {
        var pool = new BufferPool(1 << 20, 0);
        var (first, second) = (pool.Rent(100), pool.Rent(100));
        for (var i = 0; i < 100; i++) (first.Array[i], second.Array[i]) = ((byte)i, (byte)(100 + i));
        var part = new ReplicaPart
        {
            Kind = PartKind.Records, Id = s_id, LeaderEpoch = 5, Bytes = 50, Slices = [new ReadSlice(first, 10, 30), new ReadSlice(second, 5, 20)],
        };
        var expected = first.Array[10..40].Concat(second.Array[5..25]).ToArray();
        for (var position = 0; position < 50; position += 7)
        {
            var length = Math.Min(13, 50 - position);
            var bytes = new byte[ReplicationCodec.HeadOf(PartKind.Records) + length];
            Assert.Equal(bytes.Length, ReplicationCodec.Write(bytes, part, position, length));
            var reader = new WireReader(bytes);
            ReplicationCodec.Read(ref reader, 1, 1, out var records);
            Assert.Equal((position, length), (records.Position, records.Length));
            Assert.Equal(expected[position..(position + length)], bytes[records.At..(records.At + length)]);
        }

        part.Release();
        Assert.Equal(0, pool.InUseBytes);
    }

    [Fact]
    public void Cut_or_changed_bytes_are_refused_and_nothing_else_happens()
    {
        var whole = Bytes(new ReplicaPart { Kind = PartKind.Open, Id = s_id, LeaderEpoch = 5, Session = 9, Position = new(1, 2, 3, 4) });
        for (var length = 0; length < whole.Length; length++) Assert.Throws<WireFormatException>(() => Read(whole[..length]));
        Assert.Throws<WireFormatException>(() => Read([99, .. whole[1..]]));
        var refused = 0;
        var random = new Random(4711);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0) bytes[0] = (byte)random.Next(8);
            try
            {
                var part = Read(bytes);
                Assert.InRange(part.Bytes, 0, RecordsRange.TotalMax);
            }
            catch (WireFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 20_000);
    }

    [Fact]
    public async Task The_word_that_starts_a_leader_comes_back_as_it_was_and_other_versions_are_refused()
    {
        var system = ActorSystem.Create("serializer");
        var serializer = new ReplicationSerializer((ExtendedActorSystem)system);
        var start = new StartLeading(s_id, new LeadershipGrant(5, 6, 7, 8, [8, 1, 2], [8, 2]));
        var back = (StartLeading)serializer.FromBinary(serializer.ToBinary(start), serializer.Manifest(start));
        Assert.Equal((start.Id, 5, 6, 7L, 8), (back.Id, back.Grant.LeaderEpoch, back.Grant.PartitionEpoch, back.Grant.Ballot, back.Grant.Node));
        Assert.Equal<IEnumerable<int>>([8, 1, 2], back.Grant.Replicas);
        Assert.Equal<IEnumerable<int>>([8, 2], back.Grant.Isr);
        var envelope = new ReplicationEnvelope([1, 2, 3]);
        Assert.Same(envelope.Bytes, ((ReplicationEnvelope)serializer.FromBinary(serializer.ToBinary(envelope), serializer.Manifest(envelope))).Bytes);
        Assert.Throws<ArgumentException>(() => serializer.FromBinary([], "replication-9"));
        Assert.True(PartitionRegion.TryParse(s_id.ToString(), out var id));
        Assert.Equal(s_id, id);
        Assert.False(PartitionRegion.TryParse("opener", out _));
        await system.Terminate();
    }

    private static ReplicaPart RoundTrip(ReplicaPart part) => Read(Bytes(part));

    private static byte[] Bytes(ReplicaPart part)
    {
        var bytes = new byte[ReplicationCodec.HeadOf(part.Kind) + part.Bytes];
        Assert.Equal(bytes.Length, ReplicationCodec.Write(bytes, part, 0, part.Bytes));
        return bytes;
    }

    private static ReplicaPart Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return ReplicationCodec.Read(ref reader, 2, 77, out _);
    }
}
