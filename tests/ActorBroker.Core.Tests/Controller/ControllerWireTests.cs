using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Controller.Wire;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Commands and replies between nodes: their bytes are the same after reading, and foreign bytes are refused.</summary>
public class ControllerWireTests
{
    private static readonly Uuid Id = new(1, 2);
    private static readonly KafkaError Error = new(ErrorCode.InvalidRequest, "why");

    private static readonly ControllerCommand[] Commands =
    [
        new RegisterBroker(1, 5, "r", [new EndpointImage("L", "h", 9092, "PLAINTEXT")], [Id], true)
        {
            Lanes = new LaneAddresses("n1", 1, 2), MetadataLevel = 2,
        },
        new RegisterBroker(1, 5, null, [], [], false),
        new FenceBroker(1, 5, true), new DrainBroker(1, 5, true), new DrainBroker(1, null, false), new UnregisterBroker(3),
        new CreateTopics(
            [new TopicToCreate("t", Id, -1, -1, [new PartitionAssignment(0, [1, 2])], [new("a", "b"), new("c", null)])], true, 77),
        new DeleteTopics([new TopicReference("t", Uuid.Zero), new TopicReference(null, Id)]),
        new CreatePartitions([new TopicToGrow("t", 4, default), new TopicToGrow("u", 2, [[1, 2], [2]])], false, 9),
        new AlterConfigs([new ResourceToAlter(new ConfigResource(ConfigResourceType.Topic, "t"),
            [new ConfigOperation("k", ConfigOperationType.Append, "v"), new ConfigOperation("l", ConfigOperationType.Delete, null)])], true),
        new ReplaceConfigs([new ResourceToReplace(new ConfigResource(ConfigResourceType.Broker, ""), [new("k", "v")])], false),
        new AllocateProducerIds(1, 1000),
        new AdoptTopics(1, [new TopicToAdopt("t", Id, [new PartitionToAdopt(3, Id, 4)])]) { FirstFreeProducerId = 9 },
        new AlterPartition(1, 5, Id, 3, 4, 5, [new IsrMember(1, 5), new IsrMember(2, 6)]),
        new ElectLeader("t", 1, true),
        new AlterReassignments([new PartitionToReassign("t", 1, [1, 2]), new PartitionToReassign("t", 2, default)], true),
        new BalanceLeaders(5), new RaiseInternalTopics(), new SetFeatureLevel("f", 2) { ValidateOnly = true },
    ];

    private static readonly ControllerReply[] Replies =
    [
        new BrokerReply(Error), new DrainReply(KafkaError.None, 4), new ProducerIdsReply(KafkaError.None, 1000, 10),
        new CreateTopicsReply([new CreatedTopic("t", Error, Id, 3, 2,
            ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("a", "b"))]),
        new DeleteTopicsReply([new DeletedTopic("t", Id, KafkaError.None), new DeletedTopic(null, Id, Error)]),
        new CreatePartitionsReply([new GrownTopic("t", 4, Error)]),
        new AlterConfigsReply([new AlteredResource(new ConfigResource(ConfigResourceType.Topic, "t"), Error)]),
        new AdoptTopicsReply([new AdoptedTopic("t", Id, true, KafkaError.None, "warned"), new AdoptedTopic("u", Id, false, Error, null)]),
        new AlterPartitionReply(Error, null),
        new AlterPartitionReply(KafkaError.None, new PartitionImage([1, 2], [1], 1, 2, 3, [Id, Id]) { AddingReplicas = [2], Elr = [2] }),
        new ElectLeaderReply(Error), new FeatureReply(Error),
        new AlterReassignmentsReply([new ReassignedPartition("t", 1, Error)]), new MaintenanceReply(3),
    ];

    private static byte[] Bytes(ControllerCommand command)
    {
        using var writer = new WireWriter();
        ControllerCommandCodec.Write(writer, command);
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Bytes(ControllerReply reply)
    {
        using var writer = new WireWriter();
        ControllerReplyCodec.Write(writer, reply);
        return writer.WrittenSpan.ToArray();
    }

    private static ControllerCommand ReadCommand(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var read = ControllerCommandCodec.Read(ref reader);
        reader.ExpectEnd();
        return read;
    }

    private static ControllerReply ReadReply(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var read = ControllerReplyCodec.Read(ref reader);
        reader.ExpectEnd();
        return read;
    }

    [Fact]
    public void Every_command_is_read_as_it_was_written()
    {
        foreach (var command in Commands)
        {
            var read = ReadCommand(Bytes(command));
            Assert.IsType(command.GetType(), read);
            Assert.Equal(Bytes(command), Bytes(read));
        }
    }

    [Fact]
    public void Every_reply_is_read_as_it_was_written()
    {
        foreach (var reply in Replies)
        {
            var read = ReadReply(Bytes(reply));
            Assert.IsType(reply.GetType(), read);
            Assert.Equal(Bytes(reply), Bytes(read));
        }
    }

    [Fact]
    public void An_absent_list_stays_absent()
    {
        var grow = (CreatePartitions)ReadCommand(Bytes(Commands.OfType<CreatePartitions>().Single()));
        Assert.True(grow.Topics[0].Assignments.IsDefault);
        Assert.Equal(2, grow.Topics[1].Assignments.Length);
        var move = (AlterReassignments)ReadCommand(Bytes(Commands.OfType<AlterReassignments>().Single()));
        Assert.True(move.Partitions[1].Target.IsDefault);
    }

    [Fact]
    public void All_commands_and_replies_have_bytes_but_for_taking_the_role()
    {
        static IEnumerable<Type> Concrete(Type root) => root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract);
        var missing = Concrete(typeof(ControllerCommand)).Except(Commands.Select(command => command.GetType()));
        Assert.Equal([typeof(TakeControl)], missing);
        var unanswered = Concrete(typeof(ControllerReply)).Except(Replies.Select(reply => reply.GetType()));
        Assert.Equal([typeof(AdoptedTopic), typeof(ControlTaken)], unanswered.OrderBy(type => type.Name));
        Assert.Throws<ArgumentException>(() => Bytes(new TakeControl(1, 1, "")));
    }

    [Fact]
    public void Mutated_bytes_are_read_or_refused_but_nothing_else()
    {
        var random = new Random(5);
        for (var i = 0; i < 30_000; i++)
        {
            var isCommand = i % 2 == 0;
            var bytes = isCommand ? Bytes(Commands[random.Next(Commands.Length)]) : Bytes(Replies[random.Next(Replies.Length)]);
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                object read = isCommand ? ReadCommand(bytes) : ReadReply(bytes);
                Assert.NotNull(read);
            }
            catch (WireFormatException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    [Fact]
    public void A_version_of_another_release_is_refused()
    {
        var bytes = Bytes(new UnregisterBroker(1));
        bytes[1] = 9;
        Assert.Contains("unknown version 9", Assert.Throws<WireFormatException>(() => ReadCommand(bytes)).Message);
        bytes = Bytes(new MaintenanceReply(1));
        bytes[0] = 99;
        Assert.Contains("unknown type 99", Assert.Throws<WireFormatException>(() => ReadReply(bytes)).Message);
    }
}
