using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using ActorBroker.Conformance.Tests.Brokers;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>
/// An outside program that runs: its input can be written, its output read line by line as it comes, its end awaited with a deadline.
/// Disposing it kills it when it still runs, with the processes that it started.
/// </summary>
internal sealed class Client : IAsyncDisposable
{
    private const int KeptLines = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly string line;
    private readonly LogTail errors = new(200);
    private readonly StringBuilder written = new();
    private readonly Channel<string> output = Channel.CreateBounded<string>(KeptLines);
    private readonly TaskCompletionSource outputEnded = new();
    private readonly TaskCompletionSource errorsEnded = new();

    private Client(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        line = $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}";
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => OnOutput(e.Data);
        process.ErrorDataReceived += (_, e) => OnError(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static Client Start(string program, params string[] arguments) => new(program, arguments, null);

    public static Client Start(IReadOnlyDictionary<string, string> environment, string program, params string[] arguments) =>
        new(program, arguments, environment);

    /// <summary>Runs a program to its end and returns what it wrote; another exit code than 0 fails the test with all that was said.</summary>
    public static async Task<string> Run(string program, string[] arguments, string? input = null, TimeSpan? limit = null)
    {
        await using var client = Start(program, arguments);
        if (input is not null) client.process.StandardInput.Write(input);
        client.CloseInput();
        return await client.Succeeds(limit);
    }

    /// <summary>Runs a program that is to fail and returns both of its outputs.</summary>
    public static async Task<string> RunFailing(string program, params string[] arguments)
    {
        await using var client = Start(program, arguments);
        client.CloseInput();
        var code = await client.Ends();
        Assert.True(code != 0, client.Report("ended with 0 but was to fail"));
        return client.written.ToString() + client.errors;
    }

    public void CloseInput() => process.StandardInput.Close();

    public async Task Write(string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>The next line of output for which <paramref name="wanted"/> holds; those before it are passed over.</summary>
    public async Task<string> Line(Func<string, bool> wanted, string what, TimeSpan? limit = null)
    {
        using var end = new CancellationTokenSource(limit ?? Patience);
        try
        {
            while (true)
            {
                var next = await output.Reader.ReadAsync(end.Token);
                if (wanted(next)) return next;
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException(Report($"did not say: {what}"), failure);
        }
    }

    public async Task<string> Succeeds(TimeSpan? limit = null)
    {
        var code = await Ends(limit);
        Assert.True(code == 0, Report($"ended with {code}"));
        return Output;
    }

    public async Task<int> Ends(TimeSpan? limit = null)
    {
        using var end = new CancellationTokenSource(limit ?? Patience);
        try
        {
            await process.WaitForExitAsync(end.Token);
            await Task.WhenAll(outputEnded.Task, errorsEnded.Task).WaitAsync(end.Token);
        }
        catch (OperationCanceledException failure)
        {
            throw new TimeoutException(Report($"did not end within {(limit ?? Patience).TotalSeconds:0} s"), failure);
        }

        return process.ExitCode;
    }

    public string Output
    {
        get
        {
            lock (written) return written.ToString();
        }
    }

    public string Errors => errors.ToString();

    public void Signal(int signal) => Signals.Send(process.Id, signal);

    public string Report(string what) => $"{line}\n{what}\n--- output\n{Shorten(Output)}\n--- errors\n{errors}";

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string Shorten(string text) => text.Length <= 8000 ? text : $"{text[..2000]}\n[… {text.Length - 8000} characters …]\n{text[^6000..]}";

    private void OnOutput(string? data)
    {
        if (data is null)
        {
            output.Writer.TryComplete();
            outputEnded.TrySetResult();
            return;
        }

        lock (written) written.Append(data).Append('\n');
        output.Writer.TryWrite(data);
    }

    private void OnError(string? data)
    {
        if (data is null) errorsEnded.TrySetResult();
        errors.Add(data);
    }
}
