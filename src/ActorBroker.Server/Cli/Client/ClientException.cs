using ActorBroker.Protocol;

namespace ActorBroker.Server.Cli.Client;

/// <summary>An operation that failed for a reason that a person can read.</summary>
internal class ClientException : Exception
{
    public ClientException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>A name for scripts.</summary>
    public virtual string Code => "CLIENT";

    /// <summary>What to try, or null.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether another attempt may succeed.</summary>
    public virtual bool IsRetriable => false;
}

/// <summary>No connection, or one that broke.</summary>
internal sealed class BrokerUnreachableException(BrokerAddress address, string message, Exception? inner = null) : ClientException(message, inner)
{
    public BrokerAddress Address { get; } = address;

    public override string Code => "NETWORK";

    public override bool IsRetriable => true;
}

/// <summary>A request or a call that got no answer in time.</summary>
internal sealed class ClientTimeoutException(string message, Exception? inner = null) : ClientException(message, inner)
{
    public override string Code => "TIMEOUT";

    public override bool IsRetriable => true;
}

/// <summary>An API, or every version of it that this client speaks, which the broker does not offer.</summary>
internal sealed class UnsupportedApiException(string message) : ClientException(message)
{
    public override string Code => "UNSUPPORTED_API";
}

/// <summary>The broker answered with an error.</summary>
internal sealed class KafkaErrorException(ErrorCode error, string message) : ClientException(message)
{
    public KafkaErrorException(ErrorCode error, string subject, string? brokerText)
        : this(error, $"{subject}: {Text(error, brokerText)} ({ErrorNames.Of(error)})")
    {
    }

    public ErrorCode Error { get; } = error;

    public override string Code => ErrorNames.Of(Error);

    public override bool IsRetriable => ErrorCatalog.IsRetriable(Error);

    private static string Text(ErrorCode error, string? brokerText) =>
        (string.IsNullOrWhiteSpace(brokerText) ? ErrorCatalog.DefaultMessage(error) : brokerText).TrimEnd('.', ' ');
}
