namespace ActorBroker.Protocol;

/// <summary>A message of the protocol without its header. The version says which fields stand on the wire and how.</summary>
public interface IWireMessage
{
    /// <summary>Replaces all fields by those on the wire; throws <see cref="WireFormatException"/>.</summary>
    void Read(ref WireReader reader, short version);

    /// <summary>
    /// Throws <see cref="UnsupportedFieldException"/> when this version cannot carry a field that is set and may not be dropped.
    /// </summary>
    void Write(WireWriter writer, short version);
}
