using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox.SecurityServers;

namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>
/// An information system that knows nothing of X-Road: plain JSON over HTTP, as the demonstration contracts say it.
/// <c>POST /getPerson</c> and <c>POST /getVehicles</c> take <c>{"request":{"pin":"…"}}</c> and answer
/// <c>{"request":{…},"response":{…}}</c>; <c>GET /persons/{pin}</c> is the same person as a resource. Nobody with that PIN:
/// 404. Every call counts as a side effect and is journalled by its message id.
/// </summary>
internal sealed class DemonstrationRegister : IAsyncDisposable
{
    /// <summary>How many persons are invented.</summary>
    public const int Population = 1200;

    private const string MessageIdHeader = "X-Road-Id";
    private const int MaxRequest = 64 * 1024;
    private readonly FrozenDictionary<string, byte[]> _persons;
    private readonly FrozenDictionary<string, byte[]> _vehicles;
    private readonly ReceivedJournal _calls;
    private SandboxListener? _listener;
    private long _count;

    private DemonstrationRegister(string? dataFolder)
    {
        Persons = InventedPopulation.Invent(Population);
        // Answers are written once: the register must cost nothing beside the adapters it is measured with.
        _persons = Persons.ToFrozenDictionary(static person => person.Pin, RegisterJson.Person, StringComparer.Ordinal);
        _vehicles = Persons.ToFrozenDictionary(static person => person.Pin, RegisterJson.Vehicles, StringComparer.Ordinal);
        _calls = new ReceivedJournal(dataFolder is null ? null : Path.Combine(dataFolder, "calls.log"));
    }

    public IReadOnlyList<InventedPerson> Persons { get; }

    public Uri Address => _listener!.Addresses[0];

    /// <summary>How many calls had an effect since the start.</summary>
    public long Calls => Interlocked.Read(ref _count);

    /// <summary>Starts the register; with a data folder it keeps <c>calls.log</c> there, one line a call: the message id, or <c>-</c>.</summary>
    public static async Task<DemonstrationRegister> StartAsync(int port, string? dataFolder, CancellationToken cancellationToken)
    {
        var register = new DemonstrationRegister(dataFolder);
        register._listener = await SandboxListener.StartAsync([new SandboxEndpoint(port)], register.HandleAsync, cancellationToken);
        return register;
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _calls.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        switch (context.Request.Method, path)
        {
            case ("POST", "/getPerson"):
                await AnswerAsync(context, _persons);
                break;
            case ("POST", "/getVehicles"):
                await AnswerAsync(context, _vehicles);
                break;
            case ("GET", _) when path.StartsWith("/persons/", StringComparison.Ordinal):
                await WriteFoundAsync(context, _persons.GetValueOrDefault(path["/persons/".Length..]));
                break;
            case ("GET", "/calls"):
                await WriteAsync(context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(Calls));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task AnswerAsync(HttpContext context, FrozenDictionary<string, byte[]> answers)
    {
        ReadOnlyMemory<byte>? body = await BoundedBody.ReadAsync(context.Request.Body, MaxRequest, context.RequestAborted);
        string? pin = body is null ? null : RegisterJson.AskedPin(body.Value);
        if (pin is null)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, RegisterJson.BadRequest);
            return;
        }

        if (!answers.TryGetValue(pin, out byte[]? response))
        {
            await WriteFoundAsync(context, null);
            return;
        }

        await WriteFoundAsync(context, RegisterJson.WithEcho(pin, response));
    }

    private Task WriteFoundAsync(HttpContext context, byte[]? answer)
    {
        _calls.Write(context.Request.Headers[MessageIdHeader].LastOrDefault() is { Length: > 0 } id ? id : "-");
        Interlocked.Increment(ref _count);
        return answer is null
            ? WriteAsync(context, StatusCodes.Status404NotFound, RegisterJson.NotFound)
            : WriteAsync(context, StatusCodes.Status200OK, answer);
    }

    private static Task WriteAsync(HttpContext context, int status, byte[] json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
