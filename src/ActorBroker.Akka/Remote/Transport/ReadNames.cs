using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>The reader's side of a <see cref="NameTable{T}"/>.</summary>
internal sealed class ReadNames<T>(Func<string, T> make)
    where T : class
{
    private readonly List<T> _items = [];

    public void Clear() => _items.Clear();

    public T? Read(ref WireReader reader)
    {
        switch (reader.Count())
        {
            case 0:
                return null;
            case 1:
                return make(reader.Text());
            case 2:
                if (_items.Count >= NameTable<T>.Capacity)
                    throw new WireFormatException("A table of names overflows");
                _items.Add(make(reader.Text()));
                return _items[^1];
            case var number:
                return number - 3 < _items.Count ? _items[number - 3] : throw new WireFormatException($"Name {number} is not known");
        }
    }
}
