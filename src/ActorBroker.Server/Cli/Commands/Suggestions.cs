using System.CommandLine;
using System.CommandLine.Completions;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>
/// Names from the live cluster for shell completion. A shell waits for the answer, so the cluster gets little time and every failure
/// means no suggestions.
/// </summary>
internal static class Suggestions
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(700);

    public static void AddTopics(this Argument argument, ClientOptions options) => argument.CompletionSources.Add(context => Topics(context, options));

    public static void AddTopics(this Option option, ClientOptions options) => option.CompletionSources.Add(context => Topics(context, options));

    public static void AddGroups(this Argument argument, ClientOptions options) => argument.CompletionSources.Add(context => Groups(context, options));

    public static void AddGroups(this Option option, ClientOptions options) => option.CompletionSources.Add(context => Groups(context, options));

    public static void AddNodes(this Argument argument, ClientOptions options) => argument.CompletionSources.Add(context => Ask(
        context,
        options,
        async (client, cancel) => (await client.ClusterAsync(cancel).ConfigureAwait(false)).Brokers.Keys.Select(id => $"{id}")));

    public static void AddPartitions(this Argument argument, ClientOptions options) => argument.CompletionSources.Add(context => Ask(
        context,
        options,
        async (client, cancel) => (await client.AllTopicsAsync(cancel).ConfigureAwait(false)).Topics.Values
            .SelectMany(topic => topic.Partitions.Select(partition => $"{topic.Name}-{partition.Index}"))));

    private static IEnumerable<CompletionItem> Topics(CompletionContext context, ClientOptions options) => Ask(
        context,
        options,
        async (client, cancel) => (await client.AllTopicsAsync(cancel).ConfigureAwait(false)).Topics.Values.Where(t => !t.IsInternal).Select(t => t.Name));

    private static IEnumerable<CompletionItem> Groups(CompletionContext context, ClientOptions options) => Ask(
        context, options, async (client, cancel) => (await client.ListGroupsAsync(cancel).ConfigureAwait(false)).Select(g => g.Id));

    private static IEnumerable<CompletionItem> Ask(
        CompletionContext context, ClientOptions options, Func<KafkaClient, CancellationToken, Task<IEnumerable<string>>> names)
    {
        try
        {
            return Task.Run(() => AskAsync(context, options, names)).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is ClientException or UsageException or OperationCanceledException or Protocol.WireFormatException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<CompletionItem>> AskAsync(
        CompletionContext context, ClientOptions options, Func<KafkaClient, CancellationToken, Task<IEnumerable<string>>> names)
    {
        using var cancel = new CancellationTokenSource(Limit);
        await using var client = new KafkaClient(options.Settings(context.ParseResult) with { ConnectTimeout = Limit, RequestTimeout = Limit });
        var word = context.WordToComplete;
        return [.. (await names(client, cancel.Token).ConfigureAwait(false))
            .Where(name => name.StartsWith(word, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => new CompletionItem(name))];
    }
}
