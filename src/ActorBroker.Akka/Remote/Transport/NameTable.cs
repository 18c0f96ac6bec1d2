using System.Runtime.CompilerServices;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// Names that a connection repeats (actors, manifests) as numbers: the first use says the name, later ones its number. The
/// other side keeps the same table (<see cref="ReadNames{T}"/>). Bounded: a full one is forgotten on both sides.
/// </summary>
internal sealed class NameTable<T>(IEqualityComparer<T>? comparer)
    where T : class
{
    public const int Capacity = 4096;

    private readonly Dictionary<T, int> _numbers = new(comparer);
    private T? _last;
    private int _lastNumber;

    public bool IsFull => _numbers.Count >= Capacity;

    public void Clear()
    {
        _numbers.Clear();
        _last = null;
    }

    public static void WriteNone(WireWriter writer) => writer.Count(0);

    public static void WriteInline(WireWriter writer, string name)
    {
        writer.Count(1);
        writer.Text(name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWriteKnown(WireWriter writer, T item)
    {
        if (!ReferenceEquals(item, _last))
        {
            if (!_numbers.TryGetValue(item, out var number))
                return false;
            _last = item;
            _lastNumber = number;
        }
        writer.Count(_lastNumber + 3);
        return true;
    }

    public void WriteNew(WireWriter writer, T item, string name)
    {
        writer.Count(2);
        writer.Text(name);
        _numbers.Add(item, _numbers.Count);
    }
}
