using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// The HTTP port: <c>/metrics</c> (Prometheus text), <c>/livez</c> (the process runs, be it that it waits for others), <c>/readyz</c> (it takes
/// records; 503 with the reason until then).
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly WebApplication _app;

    private HttpEndpoint(WebApplication app) => _app = app;

    /// <param name="metrics">Gives the figures, or null while there are none yet.</param>
    /// <param name="notReady">Null when the node is ready, else the reason why not.</param>
    public static async Task<HttpEndpoint> StartAsync(IPEndPoint address, Func<Task<string>?> metrics, Func<string?> notReady)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(address);
        });
        var app = builder.Build();
        app.Run(context => context.Request.Path.Value switch
        {
            "/metrics" => AnswerMetricsAsync(context, metrics),
            "/livez" or "/healthz" => AnswerAsync(context, 200, "text/plain", "ok\n"),
            "/readyz" => notReady() is { } reason
                ? AnswerAsync(context, 503, "text/plain", reason + "\n")
                : AnswerAsync(context, 200, "text/plain", "ok\n"),
            _ => AnswerAsync(context, 404, "text/plain", "There are /metrics, /livez and /readyz.\n"),
        });
        await app.StartAsync().ConfigureAwait(false);
        return new HttpEndpoint(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);

    private static async Task AnswerMetricsAsync(HttpContext context, Func<Task<string>?> metrics)
    {
        if (metrics() is { } text) await AnswerAsync(context, 200, MetricsType, await text.ConfigureAwait(false)).ConfigureAwait(false);
        else await AnswerAsync(context, 503, "text/plain", "starting\n").ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }
}
