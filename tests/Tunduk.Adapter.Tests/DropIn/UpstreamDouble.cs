using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>An information system that speaks SOAP (on /soap) and REST (on /api) and knows nothing of X-Road.</summary>
internal sealed class UpstreamDouble : IAsyncDisposable
{
    private SandboxListener? listener;

    public Uri Address => listener!.Addresses[0];

    /// <summary>What it was asked.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Answers SOAP; a test that changes it takes it back.</summary>
    public Func<HttpContext, byte[], Task> Soap { get; set; } = Honest;

    /// <summary>Answers REST.</summary>
    public Func<HttpContext, byte[], Task> Rest { get; set; } = HonestRest;

    public static async Task<UpstreamDouble> StartAsync()
    {
        var system = new UpstreamDouble();
        system.listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], system.AnswerAsync, CancellationToken.None);
        return system;
    }

    public void Reset()
    {
        Soap = Honest;
        Rest = HonestRest;
    }

    public static string Envelope(string body) => $"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>";

    public static string Response(string content) => Envelope($"<l:lookupResponse xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookupResponse>");

    public static Func<HttpContext, byte[], Task> Answering(string body, string contentType = "text/xml; charset=utf-8", int status = 200) => (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    };

    public static Task Honest(HttpContext context, byte[] request) =>
        Answering(Response("<l:surname>Invented</l:surname><l:salary>100</l:salary><l:items><l:item>1</l:item><l:item><![CDATA[2 & 3]]></l:item></l:items>"))(context, request);

    public static Task HonestRest(HttpContext context, byte[] request)
    {
        context.Response.Headers["Set-Cookie"] = "a=b";
        context.Response.Headers["X-Internal"] = "1";
        context.Response.Headers["Retry-After"] = "5";
        return Answering($$"""{"surname":"Invented","salary":100,"echo":"{{context.Request.Method}}"}""", "application/json; charset=utf-8")(context, request);
    }

    public ValueTask DisposeAsync() => listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Calls.Enqueue(new Call(context.Request.Method, target, body.ToArray(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await (target.StartsWith("/soap", StringComparison.Ordinal) ? Soap : Rest)(context, body.ToArray());
    }

    internal sealed record Call(string Method, string Target, byte[] Body, IReadOnlyDictionary<string, string> Headers)
    {
        public string Text => Encoding.UTF8.GetString(Body);
    }
}
