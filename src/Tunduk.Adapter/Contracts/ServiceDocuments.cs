using System.Buffers;
using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Samples;

namespace Tunduk.Adapter.Contracts;

/// <summary>What a service's contract gives its callers: OpenAPI, .proto, an example request.</summary>
internal static class ServiceDocuments
{
    public static Document OpenApi(ConsumedService service)
    {
        var buffer = new ArrayBufferWriter<byte>();
        OpenApiWriter.Write(service.Operation!, $"/v1/services/{service.Alias}", buffer);
        return new Document(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    public static Document Proto(ConsumedService service)
    {
        var file = ProtoBuilder.Build("tunduk.services", ProtoBuilder.Identifier(service.Alias, "Service"), [service.Operation!]);
        return new Document(Encoding.UTF8.GetBytes(ProtoText.Write(file)), "text/plain; charset=utf-8");
    }

    public static Document Example(ConsumedService service)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SampleWriter.Write(service.Operation!.Shape(MessageSide.Request), seed: 1, buffer, SampleOptions.Example, indented: true);
        return new Document(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    /// <summary>A document made from a contract.</summary>
    internal sealed record Document(ReadOnlyMemory<byte> Content, string ContentType);
}
