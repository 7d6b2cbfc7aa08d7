using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// An information system that answers every operation of a contract with invented data, valid by its schema: <c>POST /{alias}</c>, and what an OpenAPI
/// description has below <c>/{alias}</c>.
/// The same request gets the same answer; an answer that echoes the request echoes the one it got.
/// </summary>
internal sealed class InventedProvider : IAsyncDisposable
{
    private const int MaxRequest = 16 * 1024 * 1024;
    private const string Echo = "request";
    private readonly FrozenDictionary<string, SandboxContractService> services;
    private SandboxListener? listener;

    private InventedProvider(SandboxContract contract) => services = contract.Services.ToFrozenDictionary(service => service.Alias, StringComparer.Ordinal);

    public Uri Address => listener!.Addresses[0];

    public static async Task<InventedProvider> StartAsync(SandboxContract contract, CancellationToken cancellationToken)
    {
        var provider = new InventedProvider(contract);
        provider.listener = await SandboxListener.StartAsync([new SandboxEndpoint(0)], provider.HandleAsync, cancellationToken);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        if (listener is not null)
        {
            await listener.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (!services.TryGetValue(path[0], out var service))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // HEAD asks what GET would answer.
        var segments = path[1..].Where(segment => segment.Length > 0).ToList();
        var operation = service.Rest is null ? (context.Request.Method == HttpMethods.Post ? service.Operations[0] : null)
            : (RestRoute.Find(service.Rest, context.Request.Method, segments) ?? (HttpMethods.IsHead(context.Request.Method) ? RestRoute.Find(service.Rest, HttpMethods.Get, segments) : null))?.Operation;
        var asked = operation is null ? null : await Tunduk.Adapter.SecurityServers.BoundedBody.ReadAsync(context.Request.Body, context.Request.ContentLength, MaxRequest, context.RequestAborted);
        if (operation is null || asked is null)
        {
            context.Response.StatusCode = operation is null ? StatusCodes.Status404NotFound : StatusCodes.Status413PayloadTooLarge;
            return;
        }

        if (operation.Rest is { } rest)
        {
            // The first success that is described by its number; ranges and default take 204 or 200.
            var described = rest.Answers.FirstOrDefault(answer => answer.Status.StartsWith('2') && int.TryParse(answer.Status, NumberStyles.None, CultureInfo.InvariantCulture, out _));
            var isEmpty = rest.AnswersNothing || (rest.OnlyAsHttp is not null && described is not { IsJson: true });
            context.Response.StatusCode = described is not null ? int.Parse(described.Status, CultureInfo.InvariantCulture) : isEmpty ? StatusCodes.Status204NoContent : StatusCodes.Status200OK;
            if (isEmpty || context.Response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent)
            {
                return;
            }
        }

        if (Invent(operation, operation.Rest is null ? asked : [.. Encoding.UTF8.GetBytes(context.Request.Path + context.Request.QueryString.Value), .. asked]) is not { } answer)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
    }

    private static byte[]? Invent(Operation operation, byte[] asked)
    {
        var json = new ArrayBufferWriter<byte>();
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(asked));
        if (!SampleWriter.Write(operation.Shape(MessageSide.Response), seed, json))
        {
            return null;
        }

        if (operation.Rest is not null || !operation.Fields(MessageSide.Request).TryResolve(Echo, out _) || !operation.Fields(MessageSide.Response).TryResolve(Echo, out _))
        {
            return json.WrittenSpan.ToArray();
        }

        // Some members' echo has other names than their request; there it stays invented.
        var answer = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        answer[Echo] = JsonNode.Parse(asked)?[Echo]?.DeepClone();
        var echoed = JsonSerializer.SerializeToUtf8Bytes(answer);
        return JsonToXml.Write(operation.Shape(MessageSide.Response), echoed, new ArrayBufferWriter<byte>()).IsOk ? echoed : json.WrittenSpan.ToArray();
    }
}
