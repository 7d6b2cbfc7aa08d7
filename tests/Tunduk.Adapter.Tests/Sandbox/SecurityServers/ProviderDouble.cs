using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>A provider's information system under a test's control: records what it receives, answers what it is told to.</summary>
internal sealed class ProviderDouble : IAsyncDisposable
{
    private SandboxListener? _listener;

    public Uri Address => _listener!.Addresses[0];

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>The answer; by default the request's headers, the operation answered.</summary>
    public Func<HttpContext, byte[], Task> Answer { get; set; } = static (context, body) =>
        WriteAsync(context, Soap.AnswerTo(Encoding.UTF8.GetString(body)));

    public static async Task<ProviderDouble> StartAsync()
    {
        var provider = new ProviderDouble();
        provider._listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], provider.HandleAsync, CancellationToken.None);
        return provider;
    }

    public static Task WriteAsync(HttpContext context, string xml, string contentType = "text/xml; charset=utf-8", int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(xml), context.RequestAborted).AsTask();
    }

    public ValueTask DisposeAsync() => _listener!.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        Requests.Enqueue(new Received(
            context.Request.Method, target,
            context.Request.Headers.ToDictionary(
                static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        await Answer(context, body.ToArray());
    }

    internal sealed record Received(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body);
}
