using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>
/// Stands between two of the world's processes and passes POST requests on unchanged, so that a test can act at the very
/// moment between an answer and what its receiver does with it, and can keep what left.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly HttpClient http = new();
    private SandboxListener? listener;
    private Uri? target;

    /// <summary>Called when the answer is there whole and none of it was passed on.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>Called when all of the answer was passed on.</summary>
    public Func<Task>? AfterAnswer { get; set; }

    /// <summary>Every answer that came through.</summary>
    public ConcurrentQueue<byte[]> Answers { get; } = new();

    /// <summary>Begins to pass on to an address; gives the address to use instead.</summary>
    public async Task<Uri> StartAsync(Uri address)
    {
        target = address;
        listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], HandleAsync, CancellationToken.None);
        return new Uri(listener.Addresses[0], address.AbsolutePath);
    }

    public async ValueTask DisposeAsync()
    {
        if (listener is not null)
        {
            await listener.DisposeAsync();
        }

        http.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target!, context.Request.Path.Value));
        request.Content = new ByteArrayContent(body.ToArray());
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name.StartsWith("X-Road-", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, values.ToString());
            }
        }

        byte[] answer;
        try
        {
            using var response = await http.SendAsync(request);
            answer = await response.Content.ReadAsByteArrayAsync();
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        }
        catch (HttpRequestException)
        {
            // Nobody behind: whoever asked sees a connection that ends.
            context.Abort();
            return;
        }

        Answers.Enqueue(answer);
        if (BeforeAnswer is { } before)
        {
            await before();
        }

        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer);
        await context.Features.Get<IHttpResponseBodyFeature>()!.CompleteAsync();
        if (AfterAnswer is { } after)
        {
            await after();
        }
    }
}
