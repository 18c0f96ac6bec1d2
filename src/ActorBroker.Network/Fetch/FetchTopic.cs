using System.Text;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>A topic of a fetch session, under the name or the id that the client uses for it.</summary>
internal sealed class FetchTopic(byte[] name, Uuid id)
{
    private string? _text;

    /// <summary>UTF-8, as it goes into responses; empty when the session goes by ids.</summary>
    public byte[] Name => name;

    public Uuid Id => id;

    public string Text => _text ??= Encoding.UTF8.GetString(name);

    public Dictionary<int, FetchSlot> Partitions { get; } = [];
}
