using System.Collections.Immutable;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>A controller machine with brokers that are up; <see cref="Do{TReply}"/> decides and applies as the actor does.</summary>
internal sealed class ControllerFixture
{
    private ulong _nextId = 1;

    public ControllerFixture(BrokerConfig? config = null, int brokers = 1, Func<int, string?>? rackOf = null)
    {
        State = new ControllerState(config ?? BrokerConfig.Empty);
        Machine = new ControllerMachine(State);
        Do(new TakeControl(1, 1, "cluster"));
        for (var id = 1; id <= brokers; id++) Join(id, rackOf?.Invoke(id));
    }

    public ControllerState State { get; }

    public ControllerMachine Machine { get; }

    public MetadataImage Image => Machine.Image;

    /// <summary>The records of everything that was done, batch by batch.</summary>
    public List<MetadataBatch> Log { get; } = [];

    public TReply Do<TReply>(ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        var decision = Machine.Decide(command);
        if (decision.Records.Count > 0)
        {
            var batch = Machine.ToBatch(decision.Records);
            Machine.Apply(batch);
            Log.Add(batch);
        }
        return (TReply)decision.Reply;
    }

    public static long IncarnationOf(int brokerId) => 1000 + brokerId;

    public static Uuid DirectoryOf(int brokerId) => new(99, (ulong)brokerId);

    public void Join(int id, string? rack = null)
    {
        Do(Registration(id, IncarnationOf(id), rack));
        Do(new FenceBroker(id, IncarnationOf(id), false));
    }

    public static RegisterBroker Registration(int id, long incarnation, string? rack = null, bool isClean = true, Uuid? directory = null) =>
        new(id, incarnation, rack, [new EndpointImage("PLAINTEXT", $"host{id}", 9092, "PLAINTEXT")], [directory ?? DirectoryOf(id)],
            isClean);

    public Uuid NewId() => new(7, _nextId++);

    public TopicToCreate Topic(string name, int partitions = 1, short factor = 1, params (string Name, string? Value)[] configs) =>
        new(name, NewId(), partitions, factor, [], [.. configs.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))]);

    public TopicToCreate Assigned(string name, params (int Partition, int[] Replicas)[] assignments) =>
        new(name, NewId(), -1, -1, [.. assignments.Select(pair => new PartitionAssignment(pair.Partition, [.. pair.Replicas]))], []);

    public CreatedTopic Create(TopicToCreate topic, bool validateOnly = false) => Do(new CreateTopics([topic], validateOnly, 0)).Topics[0];

    public PartitionImage Partition(string topic, int partition = 0) => Image.Topics[topic].Partitions[partition];

    public static string Describe(PartitionImage partition) =>
        $"leader {partition.Leader} isr [{string.Join(",", partition.Isr)}] epoch {partition.LeaderEpoch}/{partition.PartitionEpoch}";
}
