using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// What both ways of altering configs have in common: a broker refuses what is meant for another one, the controller judges the rest.
/// </summary>
internal static class ConfigAlteration
{
    /// <summary>Requests that alter configs carry no time of their own.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The errors of all resources in their order.</summary>
    /// <param name="resources">What is wanted.</param>
    /// <param name="answerHere">This broker's answer; null leaves it to the controller.</param>
    /// <param name="submit">Asks the controller.</param>
    public static async ValueTask<KafkaError[]> RunAsync<T>(
        T[] resources, Func<T, KafkaError?> answerHere, Func<List<T>, ValueTask<ControllerAnswer<AlterConfigsReply>>> submit)
    {
        var errors = new KafkaError[resources.Length];
        var wanted = new List<T>();
        var places = new List<int>();
        for (var i = 0; i < resources.Length; i++)
        {
            if (answerHere(resources[i]) is { } answered)
            {
                errors[i] = answered;
                continue;
            }

            wanted.Add(resources[i]);
            places.Add(i);
        }

        if (wanted.Count == 0) return errors;
        var answer = await submit(wanted).ConfigureAwait(false);
        for (var i = 0; i < places.Count; i++) errors[places[i]] = answer.Reply?.Resources[i].Error ?? answer.Error;
        return errors;
    }

    /// <summary>Why this broker refuses it; null when it does not.</summary>
    public static KafkaError? Refusal(ConfigResource resource, int nodeId)
    {
        static KafkaError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
        switch (resource.Type)
        {
            case ConfigResourceType.Broker when resource.Name.Length > 0:
                if (!int.TryParse(resource.Name, out var broker)) return Invalid($"Node id must be an integer, but it is: {resource.Name}");
                return broker == nodeId ? null
                    : Invalid($"Unexpected broker id, expected {nodeId}, but received {resource.Name}");
            case ConfigResourceType.BrokerLogger:
                return Invalid($"Unknown resource type {(int)resource.Type}");
            default:
                return null;
        }
    }
}
