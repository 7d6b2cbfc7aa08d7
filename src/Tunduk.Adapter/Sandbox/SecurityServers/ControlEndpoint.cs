using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// Sets faults on demand from outside the process: <c>GET /faults</c>, <c>POST /faults[?server=ID]</c> with one
/// <see cref="SecurityServerFault"/> as JSON (<c>{"kind":"ForgedResponse","times":1}</c>), <c>DELETE /faults</c>. Without
/// <c>server</c> the fault goes to every server. Only the sandbox has it, on loopback, on a port of its own.
/// </summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly SimulatedNetwork _network;
    private SandboxListener? _listener;

    private ControlEndpoint(SimulatedNetwork network) => _network = network;

    public Uri Address => _listener!.Addresses[0];

    public static async Task<ControlEndpoint> StartAsync(SimulatedNetwork network, int port, CancellationToken cancellationToken)
    {
        var control = new ControlEndpoint(network);
        control._listener = await SandboxListener.StartAsync([new SandboxEndpoint(port)], control.HandleAsync, cancellationToken);
        return control;
    }

    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path != "/faults")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        string? asked = context.Request.Query["server"];
        List<SimulatedSecurityServer> servers = [.. _network.Servers.Where(server => asked is null || server.Id == asked)];
        if (servers.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        switch (context.Request.Method)
        {
            case "GET":
                context.Response.ContentType = "application/json";
                await JsonSerializer.SerializeAsync(
                    context.Response.Body, servers.ToDictionary(static server => server.Id, static server => server.Faults.List()), Json,
                    context.RequestAborted);
                break;
            case "DELETE":
                servers.ForEach(static server => server.Faults.Clear());
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "POST":
                await AddAsync(context, servers);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                break;
        }
    }

    private static async Task AddAsync(HttpContext context, List<SimulatedSecurityServer> servers)
    {
        try
        {
            SecurityServerFault? fault = await JsonSerializer.DeserializeAsync<SecurityServerFault>(
                context.Request.Body, Json, context.RequestAborted);
            if (fault is not null)
            {
                servers.ForEach(server => server.Faults.Add(fault));
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
    }
}
