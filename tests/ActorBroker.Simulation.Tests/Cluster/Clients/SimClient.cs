using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>What every client does: asks a node, waits so long, learns from any node who leads.</summary>
internal abstract class SimClient
{
    private const int TimeoutMs = 1_500;

    private readonly Dictionary<long, Action<ClientAnswer?>> _waiting = [];
    private long _calls;

    protected SimClient(SimWorld world, int place, int nodes)
    {
        World = world;
        Place = place;
        Nodes = nodes;
        Random = world.Random.Fork();
        world.Network.Listen(place, (_, message) =>
        {
            if (message is ClientAnswer answer && _waiting.Remove(answer.Call, out var then)) then(answer);
        });
    }

    protected SimWorld World { get; }

    protected SimRandom Random { get; }

    protected int Nodes { get; }

    protected MetadataImage Image { get; private set; } = MetadataImage.Empty;

    public int Place { get; }

    /// <summary>True from the end of the fault phase on: producers and members come to rest.</summary>
    public bool IsClosing { get; set; }

    public abstract void Start();

    /// <summary>The answer, or null when none came in time.</summary>
    protected void Call<TAnswer>(int node, Func<long, ClientCall> request, Action<TAnswer?> then, bool mayDouble = false)
        where TAnswer : ClientAnswer
    {
        var call = ((long)Place << 32) | ++_calls;
        _waiting[call] = answer => then((TAnswer?)answer);
        World.Network.Send(Place, node, request(call), mayDouble);
        World.After(TimeoutMs, () =>
        {
            if (_waiting.Remove(call, out var late)) late(null);
        });
    }

    protected int AnyNode() => Random.Between(1, Nodes);

    /// <summary>The node that should lead, or any when nobody is known to.</summary>
    protected int LeaderOf(string topic, int partition)
    {
        if (Image.Topics.TryGetValue(topic, out var image) && partition < image.Partitions.Length && image.Partitions[partition].Leader > 0)
            return image.Partitions[partition].Leader;
        return AnyNode();
    }

    /// <summary>Asks somebody for the metadata; an older image than the one at hand is no news.</summary>
    protected void Refresh(Action then) => Call<MetadataAnswer>(AnyNode(), call => new MetadataCall(call), answer =>
    {
        if (answer is not null && answer.Image.Offset > Image.Offset) Image = answer.Image;
        World.After(Random.Between(10, 120), then);
    });
}
