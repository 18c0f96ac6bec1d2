using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Remote;

/// <summary>Makes failure detectors of a configured class: its constructor takes the configuration and the event stream.</summary>
internal static class FailureDetectorLoader
{
    public static FailureDetector Load(string className, Config config, ActorSystem system)
    {
        var type = TypeNames.Find(className) ?? throw new ConfigurationException($"Could not create custom FailureDetector {className}");
        return (FailureDetector)Activator.CreateInstance(type, config, system.EventStream)!;
    }
}
