using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// An information system that answers every operation of a contract with invented data, valid by its schema: <c>POST /{alias}</c>.
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
        var alias = context.Request.Path.Value!.TrimStart('/');
        if (context.Request.Method != HttpMethods.Post || !services.TryGetValue(alias, out var service))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var asked = await Tunduk.Adapter.SecurityServers.BoundedBody.ReadAsync(context.Request.Body, context.Request.ContentLength, MaxRequest, context.RequestAborted);
        if (asked is null || Invent(service.Operation, asked) is not { } answer)
        {
            context.Response.StatusCode = asked is null ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static byte[]? Invent(Operation operation, byte[] asked)
    {
        var json = new ArrayBufferWriter<byte>();
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(asked));
        if (!SampleWriter.Write(operation.Shape(MessageSide.Response), seed, json))
        {
            return null;
        }

        if (!operation.Fields(MessageSide.Request).TryResolve(Echo, out _) || !operation.Fields(MessageSide.Response).TryResolve(Echo, out _))
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
