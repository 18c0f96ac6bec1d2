using System.CommandLine;
using System.Text;
using ActorBroker.Server.Cli.Client;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Server.Cli;

/// <summary>What a command works with: its options, a client that connects at the first use, and where to write.</summary>
internal sealed class CommandContext(ParseResult parsed, ClientOptions options, string format) : IAsyncDisposable
{
    private KafkaClient? _client;

    public ParseResult Parsed { get; } = parsed;

    public ClientOptions Options { get; } = options;

    public Output Output { get; } = new(parsed.InvocationConfiguration.Output, format == "json");

    public TextWriter Error { get; } = parsed.InvocationConfiguration.Error;

    public KafkaClient Client => _client ??= new KafkaClient(Options.Settings(Parsed));

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>
    /// Bytes for standard output; text writers given for tests get them as UTF-8. The console's own stream hides that a pipe's reader has
    /// gone (consume | head would never end), hence a pipe is opened as what it is.
    /// </summary>
    public Stream OpenOutput()
    {
        if (!ReferenceEquals(Output.Writer, Console.Out)) return new TextStream(Output.Writer);
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(1, false), FileAccess.Write, 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    /// <summary>Asks before something that cannot be undone. Without a terminal to ask on, <c>--yes</c> is needed.</summary>
    public bool Confirm(string question)
    {
        if (Get(Options.Yes)) return true;
        if (Console.IsInputRedirected) throw new UsageException($"{question} Nobody can be asked here: say --yes");
        Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class TextStream(TextWriter writer) : MemoryStream
    {
        public override void Flush()
        {
            writer.Write(Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length));
            SetLength(0);
        }
    }
}
