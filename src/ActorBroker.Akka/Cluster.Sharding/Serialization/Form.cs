namespace Akka.Cluster.Sharding.Serialization;

/// <summary>How one type of message is written and read.</summary>
internal sealed record Form(string Manifest, Type Type, Action<object, ShardingWriter> Write, Func<ShardingReader, object> Read)
{
    public static Form Of<T>(string manifest, Action<T, ShardingWriter> write, Func<ShardingReader, T> read)
        where T : notnull => new(manifest, typeof(T), (message, writer) => write((T)message, writer), reader => read(reader));
}
