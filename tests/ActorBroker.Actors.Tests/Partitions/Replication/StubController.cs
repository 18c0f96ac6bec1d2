using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>
/// A controller for one topic with one partition: takes reports of in-sync replicas as the real one does, elects when the test says so, and
/// publishes every change to all nodes.
/// </summary>
internal sealed class StubController(Uuid topicId, ImmutableArray<int> replicas) : IController
{
    private readonly Lock _gate = new();
    private readonly List<Action<MetadataImage>> _followers = [];
    private MetadataImage _image = MetadataImage.Empty with
    {
        Brokers = replicas.ToImmutableSortedDictionary(id => id, id => new BrokerImage(id, 100 + id, $"rack-{id}", false, [])),
    };
    private PartitionImage _partition = new(replicas, replicas, -1, 0, 0, []);
    private long _offset;

    public PartitionImage Partition
    {
        get
        {
            lock (_gate) return _partition;
        }
    }

    /// <summary>Reports are not answered while it is set, but carried out.</summary>
    public bool IsMute { get; set; }

    public int Reports { get; private set; }

    public void Follow(Action<MetadataImage> follower)
    {
        lock (_gate)
        {
            _followers.Add(follower);
            follower(_image);
        }
    }

    /// <summary>Makes a node the leader under the next epoch.</summary>
    public int Elect(int leader, params int[] isr)
    {
        lock (_gate)
        {
            Set(_partition with
            {
                Leader = leader, LeaderEpoch = _partition.LeaderEpoch + 1, Isr = isr.Length > 0 ? [.. isr] : _partition.Isr,
            });
            return _partition.LeaderEpoch;
        }
    }

    public void Change(Func<PartitionImage, PartitionImage> change)
    {
        lock (_gate) Set(change(_partition));
    }

    public void ChangeBroker(int id, Func<BrokerImage, BrokerImage> change)
    {
        lock (_gate)
        {
            _image = _image with { Brokers = _image.Brokers.SetItem(id, change(_image.Brokers[id])) };
            Set(_partition);
        }
    }

    public async ValueTask<ControllerAnswer<TReply>> SubmitAsync<TReply>(
        ControllerCommand<TReply> command, TimeSpan limit, CancellationToken cancel) where TReply : ControllerReply
    {
        await Task.Yield();
        var reply = Alter((AlterPartition)(object)command);
        return IsMute
            ? new ControllerAnswer<TReply>(new KafkaError(ErrorCode.RequestTimedOut, "mute"), null)
            : new ControllerAnswer<TReply>(KafkaError.None, (TReply)(ControllerReply)reply);
    }

    private AlterPartitionReply Alter(AlterPartition command)
    {
        lock (_gate)
        {
            Reports++;
            if (command.LeaderEpoch != _partition.LeaderEpoch) return new AlterPartitionReply(ErrorCode.FencedLeaderEpoch, null);
            if (command.PartitionEpoch != _partition.PartitionEpoch) return new AlterPartitionReply(ErrorCode.InvalidUpdateVersion, null);
            if (command.Isr.IsEmpty)
            {
                var isr = _partition.Isr.Remove(command.BrokerId);
                Set(_partition with { Isr = isr, Leader = isr[0], LeaderEpoch = _partition.LeaderEpoch + 1 });
                return new AlterPartitionReply(ErrorCode.NewLeaderElected, null);
            }

            foreach (var member in command.Isr)
                if (_image.Brokers[member.BrokerId] is var broker && (broker.IsFenced || broker.Incarnation != member.Incarnation))
                    return new AlterPartitionReply(ErrorCode.IneligibleReplica, null);
            Set(_partition with { Isr = [.. command.Isr.Select(member => member.BrokerId)] });
            return new AlterPartitionReply(KafkaError.None, _partition);
        }
    }

    private void Set(PartitionImage partition)
    {
        _partition = partition with { PartitionEpoch = _partition.PartitionEpoch + 1 };
        var topic = new TopicImage("orders", topicId, [_partition]);
        _image = _image with
        {
            Offset = ++_offset,
            Topics = ImmutableDictionary.Create<string, TopicImage>(StringComparer.Ordinal).Add("orders", topic),
            TopicsById = ImmutableDictionary<Uuid, TopicImage>.Empty.Add(topicId, topic),
        };
        foreach (var follower in _followers) follower(_image);
    }
}
