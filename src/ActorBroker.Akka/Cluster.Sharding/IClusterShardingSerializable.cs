namespace Akka.Cluster.Sharding;

/// <summary>A message or event of sharding that crosses nodes or is stored.</summary>
public interface IClusterShardingSerializable
{
}
