using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A security server that answers whatever a test says: what the simulated pair, being honest about its own rules, will not.</summary>
internal sealed class SecurityServerDouble : IAsyncDisposable
{
    private SandboxListener? listener;

    public Uri Address => listener!.Addresses[0];

    public ConcurrentQueue<byte[]> Received { get; } = new();

    /// <summary>Answers the bytes it got; by default as an honest provider would.</summary>
    public Func<ReadOnlyMemory<byte>, HttpContext, Task> Answer { get; set; } = Honest;

    public static async Task<SecurityServerDouble> StartAsync()
    {
        var server = new SecurityServerDouble();
        server.listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], server.HandleAsync, CancellationToken.None);
        return server;
    }

    public static async Task Honest(ReadOnlyMemory<byte> request, HttpContext context) => await WriteAsync(context, await Envelopes.AnswerAsync(request));

    public static async Task WriteAsync(HttpContext context, byte[] body, string contentType = "text/xml; charset=utf-8")
    {
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public ValueTask DisposeAsync() => listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Received.Enqueue(body.ToArray());
        await Answer(body.ToArray(), context);
    }
}
