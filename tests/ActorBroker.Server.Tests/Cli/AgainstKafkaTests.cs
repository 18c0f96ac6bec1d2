namespace ActorBroker.Server.Tests.Cli;

/// <summary>The commands against the real Kafka: what they say must hold for more brokers than our own.</summary>
public sealed class AgainstKafkaTests(KafkaProcess broker) : CommandScenarios(broker), IClassFixture<KafkaProcess>;
