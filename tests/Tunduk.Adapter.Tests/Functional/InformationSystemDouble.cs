using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Register;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>The provider's information system: answers as the demonstration register does, or as a test says.</summary>
internal sealed class InformationSystemDouble : IAsyncDisposable
{
    private SandboxListener? listener;

    public Uri Address => listener!.Addresses[0];

    /// <summary>What it was asked, with the headers it was given.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Null answers as the register; a test that sets it takes it back.</summary>
    public Func<HttpContext, Task>? Misbehave { get; set; }

    public static async Task<InformationSystemDouble> StartAsync()
    {
        var system = new InformationSystemDouble();
        system.listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], system.AnswerAsync, CancellationToken.None);
        return system;
    }

    public int CallsOf(string messageId) => Calls.Count(call => call.Headers.GetValueOrDefault("X-Road-Id") == messageId);

    /// <summary>Answers with any bytes.</summary>
    public static Func<HttpContext, Task> Answering(string body, string contentType = "application/json", int status = 200) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
    };

    public ValueTask DisposeAsync() => listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        Calls.Enqueue(new Call(body, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (Misbehave is { } misbehave)
        {
            await misbehave(context);
            return;
        }

        var pin = JsonDocument.Parse(body).RootElement.GetProperty("request").GetProperty("pin").GetString()!;
        context.Response.ContentType = "application/json";
        var person = TestPersons.All.Single(person => person.Pin == pin);
        await context.Response.Body.WriteAsync(RegisterJson.WithEcho(pin, RegisterJson.Person(person)), context.RequestAborted);
    }

    internal sealed record Call(string Body, IReadOnlyDictionary<string, string> Headers);
}
