namespace ActorBroker.Server.Tests.Cli;

/// <summary>The commands against a node of this build.</summary>
public sealed class AgainstOursTests(OwnProcess broker) : CommandScenarios(broker), IClassFixture<OwnProcess>;
