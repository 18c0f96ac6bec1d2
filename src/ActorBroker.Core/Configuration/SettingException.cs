namespace ActorBroker.Core.Configuration;

/// <summary>A value that a setting does not take. The message is worded as Kafka words it, for clients show it.</summary>
public sealed class SettingException : Exception
{
    public SettingException(string message) : base(message)
    {
    }

    public SettingException(string name, string value, string problem) : base($"Invalid value {value} for configuration {name}: {problem}")
    {
    }
}
