using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Tunduk.Adapter.SecurityServers;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Contracts;

/// <summary>
/// Fetches contracts by getWsdl and getOpenAPI through the drop-in face of a running adapter, so that the questions are
/// authenticated and archived like every other.
/// </summary>
internal sealed class ServedContractClient : IDisposable
{
    private const int MaxContract = 16 * 1024 * 1024;
    private readonly HttpClient http;

    /// <summary>Makes a client.</summary>
    /// <param name="adapter">Address of <c>Listen:Is</c>.</param>
    /// <param name="key">API key of a caller with the role <c>is</c>.</param>
    public ServedContractClient(Uri adapter, string key)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = adapter, Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The file name of the catalogue: <c>instance_CLASS_code_subsystem_service[_vN].wsdl</c>.</summary>
    public static string FileNameOf(ServiceId service, string extension) => service.ToString().Replace('/', '_') + extension;

    /// <summary>The envelope that asks for the WSDL of a service.</summary>
    public static ReadOnlyMemory<byte> WsdlQuestion(ServiceId service, ClientId client)
    {
        var body = new ArrayBufferWriter<byte>();
        SoapMethodList.WriteWsdlRequestBody(body, service);
        var envelope = new ArrayBufferWriter<byte>();
        var headers = new SoapHeaders { Client = client, Service = ServiceId.Parse($"{service.Provider}/{Metaservice.GetWsdl}"), Id = Guid.NewGuid().ToString() };
        SoapWriter.Write(envelope, headers, default, body.WrittenSpan);
        return envelope.WrittenMemory;
    }

    /// <summary>Path and query that ask for the OpenAPI description of a service.</summary>
    public static string OpenApiTarget(ServiceId service) => $"r1/{service.Provider}/{Metaservice.GetOpenApi}?serviceCode={Uri.EscapeDataString(service.Code)}";

    /// <summary>The WSDL of a SOAP service.</summary>
    public async Task<ServedContract> GetWsdlAsync(ServiceId service, ClientId client, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(WsdlQuestion(service, client));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, "") { Content = content }, FileNameOf(service, ".wsdl"), cancellationToken);
    }

    /// <summary>The OpenAPI description of a REST service.</summary>
    public Task<ServedContract> GetOpenApiAsync(ServiceId service, ClientId client, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, OpenApiTarget(service));
        request.Headers.TryAddWithoutValidation("X-Road-Client", client.ToString());
        return SendAsync(request, FileNameOf(service, ".openapi.yaml"), cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private async Task<ServedContract> SendAsync(HttpRequestMessage request, string name, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                var body = await BoundedBody.ReadAsync(response.Content, MaxContract, share: null, cancellationToken);
                return body is null
                    ? Failed(name, Phrases.Of("Contracts.AnswerOverBytes", MaxContract))
                    : await ReadAsync(body, response, name, cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                return Failed(name, Phrases.Of("Contracts.DoesNotAnswerAdapter", http.BaseAddress, exception.HttpRequestError));
            }
        }
    }

    private static async Task<ServedContract> ReadAsync(byte[] body, HttpResponseMessage response, string name, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType;
        if (type?.MediaType is "multipart/related" && type.Parameters.FirstOrDefault(p => p.Name == "boundary")?.Value?.Trim('"') is { } boundary)
        {
            return await SecondPartAsync(body, boundary, cancellationToken) is { } wsdl ? new ServedContract(wsdl, name, null) : Failed(name, Phrases.Of("Contracts.AnswerNoAttachment"));
        }

        return response.IsSuccessStatusCode && type?.MediaType is not "text/xml"
            ? new ServedContract(body, name, null)
            : Failed(name, Why(body, (int)response.StatusCode));
    }

    // getWsdl answers with the envelope first and the WSDL as the attachment (PR-META 5).
    private static async Task<ReadOnlyMemory<byte>?> SecondPartAsync(byte[] body, string boundary, CancellationToken cancellationToken)
    {
        using var reader = new MultipartReader(new MemoryStream(body, writable: false), boundary, MultipartLimits.Default);
        for (var part = 0; ; part++)
        {
            if (!(await reader.NextPartAsync(cancellationToken)).HasPart)
            {
                return null;
            }

            var (content, fault) = await reader.ReadToMemoryAsync(MaxContract, cancellationToken);
            if (!fault.IsNone)
            {
                return null;
            }

            if (part == 1)
            {
                return content;
            }
        }
    }

    private static string Why(byte[] body, int status)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return $"{problem.RootElement.GetProperty("code").GetString()}: {problem.RootElement.GetProperty("title").GetString()}. {problem.RootElement.GetProperty("remedy").GetString()}";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            var text = System.Text.Encoding.UTF8.GetString(body);
            var start = text.IndexOf("<faultstring", StringComparison.Ordinal);
            var open = start < 0 ? -1 : text.IndexOf('>', start);
            var end = open < 0 ? -1 : text.IndexOf('<', open);
            return end < 0 ? Phrases.Of("Contracts.Http", status) : Phrases.Of("Contracts.SecurityServerSays", text[(open + 1)..end]);
        }
    }

    private static ServedContract Failed(string name, string why) => new(default, name, why);
}
