using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Quorum;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorBroker.Actors.Tests.Serialization;

/// <summary>What crosses nodes or is persisted has bytes of its own; what is bound to bytes is really checked in tests.</summary>
public sealed class SerializerRuleTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("actorbroker-serializers-").FullName;
    private Config _config = ConfigurationFactory.Empty;
    private ActorSystem _system = null!;

    public Task InitializeAsync()
    {
        _config = ActorsConfig.For(_root).WithFallback(QuorumConfig.Default());
        _system = ActorSystem.Create("serializers", _config);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Every_serializer_has_an_id_of_its_own()
    {
        var serializers = typeof(ActorsConfig).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(Serializer)) && !type.IsAbstract)
            .Select(type => (Serializer)Activator.CreateInstance(type, (ExtendedActorSystem)_system)!)
            .ToList();
        Assert.True(serializers.Count >= 7, "the serializers of partitions, metadata, controller, membership, replication, quorum and the refusing one");
        var twice = serializers.GroupBy(serializer => serializer.Identifier).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(serializer => serializer.GetType().Name))}");
        Assert.Empty(twice);
    }

    [Fact]
    public void Nothing_that_has_bytes_is_passed_over_by_the_check_of_messages()
    {
        var bound = _config.GetConfig("akka.actor.serialization-bindings")!.AsEnumerable().Select(pair => pair.Key.Trim('"')).ToList();
        Assert.True(bound.Count > 20, string.Join('\n', bound));
        var passedOver = bound.Select(name => Type.GetType(name, true)!).Where(type => type.IsAssignableTo(typeof(INoSerializationVerificationNeeded)));
        Assert.Empty(passedOver);
    }
}
