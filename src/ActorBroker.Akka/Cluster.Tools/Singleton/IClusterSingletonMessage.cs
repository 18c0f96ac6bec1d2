namespace Akka.Cluster.Tools.Singleton;

/// <summary>What the singleton managers of two nodes say to each other.</summary>
public interface IClusterSingletonMessage
{
}
