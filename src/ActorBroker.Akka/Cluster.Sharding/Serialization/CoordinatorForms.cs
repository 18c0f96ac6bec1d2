namespace Akka.Cluster.Sharding.Serialization;

/// <summary>Messages between regions and coordinator.</summary>
internal static class CoordinatorForms
{
    public static readonly Form[] All =
    [
        Form.Of<Register>("BA", (m, w) => w.Reference(m.Region), r => new Register(r.Reference())),
        Form.Of<RegisterProxy>("BB", (m, w) => w.Reference(m.Proxy), r => new RegisterProxy(r.Reference())),
        Form.Of<RegisterAck>("BC", (m, w) => w.Reference(m.Coordinator), r => new RegisterAck(r.Reference())),
        Form.Of<GetShardHome>("BD", (m, w) => w.Text(m.Shard), r => new GetShardHome(r.Text())),
        Form.Of<ShardHome>(
            "BE",
            (m, w) =>
            {
                w.Text(m.Shard);
                w.Reference(m.Region);
            },
            r => new ShardHome(r.Text(), r.Reference())),
        Form.Of<HostShard>("BF", (m, w) => w.Text(m.Shard), r => new HostShard(r.Text())),
        Form.Of<ShardStarted>("BG", (m, w) => w.Text(m.Shard), r => new ShardStarted(r.Text())),
        Form.Of<BeginHandOff>("BH", (m, w) => w.Text(m.Shard), r => new BeginHandOff(r.Text())),
        Form.Of<BeginHandOffAck>("BI", (m, w) => w.Text(m.Shard), r => new BeginHandOffAck(r.Text())),
        Form.Of<HandOff>("BJ", (m, w) => w.Text(m.Shard), r => new HandOff(r.Text())),
        Form.Of<ShardStopped>("BK", (m, w) => w.Text(m.Shard), r => new ShardStopped(r.Text())),
        Form.Of<GracefulShutdownRequest>("BL", (m, w) => w.Reference(m.Region), r => new GracefulShutdownRequest(r.Reference())),
        Form.Of<RegionStopped>("BM", (m, w) => w.Reference(m.Region), r => new RegionStopped(r.Reference())),
        Form.Of<HandOffFence>(
            "BN",
            (m, w) =>
            {
                w.Text(m.Shard);
                w.Reference(m.Worker);
            },
            r => new HandOffFence(r.Text(), r.Reference())),
    ];
}
