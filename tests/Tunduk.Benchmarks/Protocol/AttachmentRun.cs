using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Benchmarks.Protocol;

/// <summary>
/// An adapter as a process of its own between a client that streams an attachment and a server that takes and gives one
/// without holding it (a consumer's before a security server, asked by SOAP or by JSON, or a provider's before an information system): the peak of the
/// adapter's resident memory is what it costs.
/// </summary>
internal sealed class AttachmentRun : IAsyncDisposable
{
    private const string Boundary = "benchmark17";
    private const string Service = SandboxNames.Provider + "/documents/v1";
    private static readonly byte[] PlainAnswer = Encoding.ASCII.GetBytes(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><d:documentsResponse xmlns:d=\"urn:documents\"><d:response><d:surname>A</d:surname></d:response></d:documentsResponse></s:Body></s:Envelope>");

    private static readonly byte[] Json = "{\"request\":{\"pin\":\"1\"}}"u8.ToArray();

    private const string Contract = """
        <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" xmlns:tns="urn:documents" targetNamespace="urn:documents">
          <wsdl:types>
            <xsd:schema elementFormDefault="qualified" targetNamespace="urn:documents">
              <xsd:complexType name="asked"><xsd:sequence><xsd:element name="pin" type="xsd:string"/></xsd:sequence></xsd:complexType>
              <xsd:element name="documents"><xsd:complexType><xsd:sequence><xsd:element name="request" type="tns:asked"/></xsd:sequence></xsd:complexType></xsd:element>
              <xsd:complexType name="answered"><xsd:sequence><xsd:element name="surname" type="xsd:string"/></xsd:sequence></xsd:complexType>
              <xsd:element name="documentsResponse"><xsd:complexType><xsd:sequence><xsd:element name="request" type="tns:asked"/><xsd:element name="response" type="tns:answered"/></xsd:sequence></xsd:complexType></xsd:element>
            </xsd:schema>
          </wsdl:types>
          <wsdl:message name="asked"><wsdl:part name="body" element="tns:documents"/></wsdl:message>
          <wsdl:message name="answered"><wsdl:part name="body" element="tns:documentsResponse"/></wsdl:message>
          <wsdl:portType name="port"><wsdl:operation name="documents"><wsdl:input message="tns:asked"/><wsdl:output message="tns:answered"/></wsdl:operation></wsdl:portType>
          <wsdl:binding name="binding" type="tns:port">
            <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
            <wsdl:operation name="documents">
              <soap:operation soapAction="" style="document"/>
              <xrd:version>v1</xrd:version>
              <wsdl:input><soap:body use="literal"/></wsdl:input>
              <wsdl:output><soap:body use="literal"/></wsdl:output>
            </wsdl:operation>
          </wsdl:binding>
          <wsdl:service name="service"><wsdl:port name="port" binding="tns:binding"><soap:address location="http://example.org/xroad-endpoint"/></wsdl:port></wsdl:service>
        </wsdl:definitions>
        """;

    private readonly string data;
    private readonly long bytes;
    private readonly AttachmentFace face;
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private SandboxListener neighbour = null!;
    private AdapterProcess adapter = null!;
    private string key = "";
    private bool answersWithAttachment;

    private AttachmentRun(string data, long bytes, AttachmentFace face)
    {
        this.data = data;
        this.bytes = bytes;
        this.face = face;
    }

    public static async Task<AttachmentRun> StartAsync(string data, long bytes, AttachmentFace face)
    {
        var isProvider = face == AttachmentFace.Provider;
        var run = new AttachmentRun(data, bytes, face);
        run.neighbour = await SandboxListener.StartAsync([new SandboxEndpoint(0)], run.AnswerAsync, CancellationToken.None);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var folders = new SandboxFolders(data, today);
        using (var authority = DevelopmentAuthority.OpenOrCreate(Path.Combine(data, "authority"), TimeProvider.System))
        {
            var own = authority.SigningCertificate("is-loans", "60009001", "Credit office (invented)", "loans");
            var other = authority.SigningCertificate("is-registry", "70009001", "Population register (invented)", "registry");
            var text = isProvider ? SandboxAgreements.Provider(new string('0', 64), today) : SandboxAgreements.Consumer(new string('0', 64), today);
            var agreement = text
                .Replace("outbound: embedded, inbound: required", "outbound: detached, inbound: if-present", StringComparison.Ordinal)
                .Replace("  - service: getPerson/v1", "  - service: documents/v1", StringComparison.Ordinal)
                .Replace("[pin, surname, name, patronymic, gender, dateOfBirth, address/**, document/**]", "[surname]", StringComparison.Ordinal)
                .Replace("attachments: none", "attachments: [ { side: request, name: \"*\", types: [application/octet-stream] }, { side: response, name: \"*\", types: [application/octet-stream] } ]", StringComparison.Ordinal);
            var folder = Directory.CreateDirectory(Path.Combine(data, isProvider ? "provider" : "consumer", "agreements")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, SandboxAgreements.FileName), agreement);
            if (isProvider)
            {
                folders.WriteProvider(other, own, run.neighbour.Addresses[0], null);
            }
            else
            {
                folders.WriteConsumer(own, other, run.neighbour.Addresses[0]);
            }
        }

        var file = isProvider ? folders.ProviderConfiguration : folders.ConsumerConfiguration;
        var root = JsonNode.Parse(await File.ReadAllTextAsync(file), documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;
        root["Listen"]!["Admin"]!["Address"] = "http://127.0.0.1:0";
        if (isProvider)
        {
            root["Listen"]!["SecurityServer"]!["Address"] = "http://127.0.0.1:0";
            root["Provides"]!["documents"] = new JsonObject { ["Service"] = Service, ["Upstream"] = run.neighbour.Addresses[0].ToString(), ["Protocol"] = "Soap" };
        }
        else
        {
            root["SecurityServer"]!["MaxLoggedBody"] = 0;
            if (face == AttachmentFace.Alias)
            {
                await File.WriteAllTextAsync(Path.Combine(data, "consumer", "contracts", "documents.wsdl"), Contract);
                root["Services"]!["documents"] = new JsonObject { ["Service"] = Service, ["Contract"] = "documents.wsdl" };
            }

            root["Listen"]!["Is"]!["Address"] = "http://127.0.0.1:0";
            root["Listen"]!["Grpc"]!["Address"] = "";
        }

        await File.WriteAllTextAsync(file, root.ToJsonString());
        run.key = folders.ApiKey;
        run.adapter = await AdapterProcess.StartAsync(["run", "--config", file, "--print-addresses"]);
        return run;
    }

    /// <summary>One exchange; the peak of the adapter's resident memory in MB while it ran.</summary>
    public async Task<double> MeasureAsync(bool up, bool down)
    {
        answersWithAttachment = down;
        await File.WriteAllTextAsync($"/proc/{adapter.Id}/clear_refs", "5");
        var address = face switch { AttachmentFace.Provider => new Uri(adapter["securityServer"], "soap"), AttachmentFace.Alias => new Uri(adapter["is"], "v1/services/documents"), _ => adapter["is"] };
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new Sent(face == AttachmentFace.Alias ? Json : Soap(), face, up ? bytes : 0) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (face == AttachmentFace.Alias)
        {
            request.Headers.Add("X-Road-UserId", "KG20000000000001");
            request.Headers.Add("X-Road-Issue", "loan-scoring 17");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"HTTP {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        await using var stream = await response.Content.ReadAsStreamAsync();
        var received = await DrainAsync(stream);
        if (received < (down ? bytes : 10))
        {
            throw new InvalidOperationException($"{received} bytes");
        }

        var peak = (await File.ReadAllLinesAsync($"/proc/{adapter.Id}/status")).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return Math.Round(double.Parse(peak["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024, 1);
    }

    public async ValueTask DisposeAsync()
    {
        await adapter.DisposeAsync();
        await neighbour.DisposeAsync();
        http.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static byte[] Soap()
    {
        var headers = new SoapHeaders
        {
            Client = ClientId.Parse(SandboxNames.Consumer),
            Service = ServiceId.Parse(Service),
            Id = Guid.NewGuid().ToString(),
            UserId = "KG20000000000001",
            Issue = "loan-scoring 17",
        };
        var output = new ArrayBufferWriter<byte>();
        SoapWriter.Write(output, headers, default, "<d:documents xmlns:d=\"urn:documents\"><d:request><d:pin>1</d:pin></d:request></d:documents>"u8);
        return output.WrittenSpan.ToArray();
    }

    private static async Task<long> DrainAsync(Stream stream)
    {
        var buffer = new byte[256 * 1024];
        long all = 0;
        for (var read = 1; read > 0; all += read)
        {
            read = await stream.ReadAsync(buffer);
        }

        return all;
    }

    private static Task WriteAsync(Stream target, ReadOnlyMemory<byte> soap, long attachment) => WriteAsync(target, MultipartWriter.SoapPartHeaders(mtom: false, "root"), soap, attachment);

    private static async Task WriteAsync(Stream target, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> root, long attachment)
    {
        var writer = new MultipartWriter(target, Boundary);
        await writer.StartPartAsync(headers, CancellationToken.None);
        await writer.WriteAsync(root, CancellationToken.None);
        if (attachment > 0)
        {
            await writer.StartPartAsync(Encoding.ASCII.GetBytes("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <file>\r\n"), CancellationToken.None);
            var piece = new byte[256 * 1024];
            for (var left = attachment; left > 0; left -= piece.Length)
            {
                await writer.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), CancellationToken.None);
            }
        }

        await writer.FinishAsync(CancellationToken.None);
    }

    // Takes what comes without holding it, and answers with the headers of the request and its hash.
    private async Task AnswerAsync(HttpContext context)
    {
        if (!MediaType.TryParse(context.Request.ContentType, out var media))
        {
            throw new InvalidOperationException("The adapter sent a message without a content type.");
        }

        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        context.Response.ContentType = MultipartWriter.ContentType(mtom: false, Boundary, "root");
        if (media["boundary"] is not { } boundary)
        {
            using var whole = new MemoryStream();
            await context.Request.Body.CopyToAsync(whole, context.RequestAborted);
            await WriteAsync(context.Response.Body, Answer(whole.ToArray()), answersWithAttachment ? bytes : 0);
            return;
        }

        using var reader = new MultipartReader(context.Request.Body, boundary, MultipartLimits.Default);
        var soap = await MultipartSoap.ReadSoapPartAsync(reader, media, MultipartLimits.Default, context.RequestAborted);
        for (var step = await reader.NextPartAsync(context.RequestAborted); step.HasPart; step = await reader.NextPartAsync(context.RequestAborted))
        {
            while (await reader.ReadChunkAsync(context.RequestAborted) is { IsLast: false, Fault.IsNone: true })
            {
                // Only read.
            }
        }

        await WriteAsync(context.Response.Body, face == AttachmentFace.Provider ? PlainAnswer : Answer(soap.Content), answersWithAttachment ? bytes : 0);
    }

    private static ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> request)
    {
        SoapMessage.TryRead(request, SoapReaderOptions.Default, out var message, out _);
        using (message)
        {
            var output = new ArrayBufferWriter<byte>();
            SoapWriter.Write(output, message!.Headers!, default, "<d:documentsResponse xmlns:d=\"urn:documents\"><d:request><d:pin>1</d:pin></d:request><d:response><d:surname>A</d:surname></d:response></d:documentsResponse>"u8, requestHash: RequestHash.Compute(request.Span));
            return output.WrittenMemory;
        }
    }

    private sealed class Sent : HttpContent
    {
        private readonly byte[] root;
        private readonly AttachmentFace face;
        private readonly long attachment;

        public Sent(byte[] root, AttachmentFace face, long attachment)
        {
            this.root = root;
            this.face = face;
            this.attachment = attachment;
            Headers.TryAddWithoutValidation("Content-Type", face == AttachmentFace.Alias ? $"multipart/related; type=\"application/json\"; boundary={Boundary}" : MultipartWriter.ContentType(mtom: false, Boundary, "root"));
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            face == AttachmentFace.Alias ? WriteAsync(stream, "Content-Type: application/json\r\n"u8.ToArray(), root, attachment) : WriteAsync(stream, root, attachment);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
