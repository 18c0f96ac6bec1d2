using System.CommandLine;
using ActorBroker.Protocol.Compression;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>The options of everything that produces.</summary>
internal sealed class ProducerOptions
{
    private readonly Option<string> _compression = new("--compression", "-z")
    {
        Description = "none, gzip, snappy, lz4 or zstd", HelpName = "CODEC", DefaultValueFactory = _ => "none",
    };

    private readonly Option<string> _acks = new("--acks")
    {
        Description = "all, 1 (leader only) or 0 (no answer)", HelpName = "all|1|0", DefaultValueFactory = _ => "all",
    };

    private readonly Option<int?> _batchBytes = new("--batch-bytes") { Description = "size of a batch; default 921600", HelpName = "N" };
    private readonly Option<string?> _linger = new("--linger")
        { Description = "time that a batch waits for more; default 5ms, of bench latency 0", HelpName = "DURATION" };
    private readonly Option<bool> _plain = new("--no-idempotence") { Description = "without sequence numbers; a retry may double records" };

    public ProducerOptions()
    {
        _compression.AcceptOnlyFromAmong("none", "gzip", "snappy", "lz4", "zstd");
        _acks.AcceptOnlyFromAmong("all", "-1", "1", "0");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_compression);
        command.Options.Add(_acks);
        command.Options.Add(_batchBytes);
        command.Options.Add(_linger);
        command.Options.Add(_plain);
    }

    /// <param name="context">Where the options were given.</param>
    /// <param name="linger">Unless another is asked for; null is the producer's own default.</param>
    public ProducerSettings Settings(CommandContext context, TimeSpan? linger = null)
    {
        var codec = Enum.Parse<CompressionCodec>(context.Get(_compression)!, true);
        if (!RecordCompression.IsAvailable(codec)) throw new UsageException($"{codec} needs a library that this machine does not have (libzstd)");
        var settings = new ProducerSettings
        {
            Codec = codec,
            Acks = context.Get(_acks) switch { "1" => 1, "0" => 0, _ => -1 },
            Idempotent = !context.Get(_plain),
        };
        if (context.Get(_batchBytes) is { } bytes) settings = settings with { BatchBytes = Math.Max(1, bytes) };
        if (context.Get(_linger) is not { } text) return settings with { Linger = linger ?? settings.Linger };
        return TimeText.TryParseDuration(text, out var given)
            ? settings with { Linger = given }
            : throw new UsageException($"--linger '{text}' is no duration; write one like 5ms");
    }
}
