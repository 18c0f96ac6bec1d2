namespace ActorBroker.Protocol.Codec;

public enum MessageKind : byte
{
    Request,
    Response,
    Key,
    Value,
    Data,
}

/// <summary>A message of the schemas.</summary>
/// <param name="Name">As the class is named.</param>
/// <param name="Kind">Request or response of an API, key or value of a record, or data within others.</param>
/// <param name="Number">The API key, the record type, or -1.</param>
/// <param name="MinVersion">Lowest version.</param>
/// <param name="MaxVersion">Highest version.</param>
/// <param name="FirstFlexibleVersion">-1 for none.</param>
/// <param name="Create">Makes an empty one.</param>
public sealed record MessageEntry(
    string Name, MessageKind Kind, short Number, short MinVersion, short MaxVersion, short FirstFlexibleVersion, Func<IWireMessage> Create);

/// <summary>All messages of the schemas, for tools and tests that treat them alike.</summary>
public static class MessageCatalog
{
    public static IReadOnlyList<MessageEntry> All => GeneratedCatalog.Messages;
}
