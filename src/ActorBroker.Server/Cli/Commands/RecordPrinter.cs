using System.Buffers;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>Writes consumed records to a stream until there were enough of them; flushed after every fetched partition.</summary>
internal sealed class RecordPrinter : IDisposable
{
    private const int FlushBytes = 256 * 1024;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly RecordFormat? _format;
    private readonly RecordJson? _json;
    private readonly long _limit;
    private bool _readerGone;

    /// <summary>Throws <see cref="FormatException"/> for a format that is none.</summary>
    public RecordPrinter(Stream output, string format, long limit)
    {
        _output = output;
        _limit = limit;
        if (format == "json") _json = new RecordJson();
        else _format = RecordFormat.Parse(format == "text" ? "%v\\n" : format);
    }

    public long Records { get; private set; }

    /// <summary>Offset behind the last record that was written.</summary>
    public long Next { get; private set; }

    /// <summary>Writes records below <paramref name="end"/>; false when there were enough.</summary>
    public bool Write(FetchedPartition fetched, bool readCommitted, long end)
    {
        Next = fetched.From;
        if (Records >= _limit) return false;
        RecordWalker.Walk(fetched, readCommitted, (scoped in RecordSlice record) =>
        {
            if (record.Offset >= end) return false;
            if (_json is not null) _json.Write(_buffer, record);
            else _format!.Write(_buffer, record);
            if (_buffer.WrittenCount >= FlushBytes) Flush();
            Next = record.Offset + 1;
            return ++Records < _limit && !_readerGone;
        });
        Flush();
        return Records < _limit && !_readerGone;
    }

    public void Flush()
    {
        if (_readerGone) return;
        try
        {
            if (_buffer.WrittenCount > 0) _output.Write(_buffer.WrittenSpan);
            _output.Flush();
        }
        catch (IOException) when (_output is FileStream { CanSeek: false })
        {
            _readerGone = true; // whoever read the pipe has seen enough, and that is no error
        }

        _buffer.ResetWrittenCount();
    }

    public void Dispose()
    {
        _json?.Dispose();
        _output.Dispose();
    }
}
