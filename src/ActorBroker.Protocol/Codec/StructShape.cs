namespace ActorBroker.Protocol.Codec;

internal enum FieldKind : byte
{
    Number,
    String,
    Bytes,
    Struct,
    NumberArray,
    StringArray,
    StructArray,
}

/// <summary>A field as far as its way on the wire goes. Sizes count bytes; versions outside of the null range refuse null.</summary>
internal sealed class FieldShape(string name, FieldKind kind, short from, short to, int tag, int size, StructShape? inner)
{
    public string Name { get; } = name;

    public FieldKind Kind { get; } = kind;

    /// <summary>-1 for a field that stands in order.</summary>
    public int Tag { get; } = tag;

    /// <summary>Bytes of a number or of an array's number.</summary>
    public int Size { get; } = size;

    public StructShape? Inner { get; } = inner;

    public short NullFrom { get; init; } = 1;

    public short NullTo { get; init; }

    public bool IsNullable => NullFrom <= NullTo;

    public bool IsIn(short version) => version >= from && version <= to;

    public bool AllowsNull(short version) => version >= NullFrom && version <= NullTo;
}

/// <summary>A structure as a table, for walking over it without making objects.</summary>
/// <param name="flexibleFrom">-1 for never.</param>
/// <param name="cost">Most bytes of memory that one instance takes, apart from what grows with the wire's own bytes.</param>
/// <param name="fields">In the order of the wire.</param>
internal sealed class StructShape(int flexibleFrom, int cost, FieldShape[] fields)
{
    public int Cost => cost;

    public FieldShape[] Fields => fields;

    public bool IsFlexible(short version) => flexibleFrom >= 0 && version >= flexibleFrom;
}
