namespace ActorBroker.Server.Cli.Text;

/// <summary>Cuts a stream at a delimiter. What follows the last delimiter is a record too, unless it is empty. Records are
/// bounded.</summary>
internal sealed class DelimitedReader(Stream input, byte[] delimiter)
{
    private const int MaxRecordBytes = 256 << 20;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The next record, valid until the next call; null at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancel)
    {
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsMemory(_start, _end - _start);
            var found = rest.Span[searched..].IndexOf(delimiter);
            if (found >= 0)
            {
                var record = rest[..(searched + found)];
                _start += record.Length + delimiter.Length;
                return record;
            }

            if (_ended)
            {
                _start = _end;
                if (rest.IsEmpty) return null;
                return rest;
            }

            searched = Math.Max(0, rest.Length - delimiter.Length + 1);
            MakeRoom();
            var read = await input.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
            _end += read;
            _ended = read == 0;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        var length = _end - _start;
        if (length > MaxRecordBytes) throw new FormatException($"no delimiter within {MaxRecordBytes >> 20} MiB of input");
        var target = length * 2 > _buffer.Length ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = length;
    }
}
