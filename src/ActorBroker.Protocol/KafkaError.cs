namespace ActorBroker.Protocol;

/// <summary>An error as a value: the code, and a message where the default text of the code would say too little.</summary>
public readonly record struct KafkaError(ErrorCode Code, string? Message = null)
{
    public static readonly KafkaError None = default;

    public bool IsNone => Code == ErrorCode.None;

    /// <summary>Whether clients may try the same request again.</summary>
    public bool IsRetriable => ErrorCatalog.IsRetriable(Code);

    /// <summary>What goes into a response's error message: null without an error, else the own text or the code's default.</summary>
    public string? Text => IsNone ? null : Message ?? ErrorCatalog.DefaultMessage(Code);

    public static implicit operator KafkaError(ErrorCode code) => new(code);
}
