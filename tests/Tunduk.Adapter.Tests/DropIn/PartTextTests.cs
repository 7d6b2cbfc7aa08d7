using System.Text;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// Boundary and headers of parts under an agreement whose <c>headers</c> name <c>content-type</c>: they cross as they came (PR-MESS
/// 2.6), through both adapters and their signatures; and never so that they could carry a part that nobody judged.
/// </summary>
public sealed class PartTextTests(PartTextTests.Fixture fixture) : IClassFixture<PartTextTests.Fixture>, IDisposable
{
    private const string Boundary = "=_clients.own_17";
    private const string Root = "root.of@the.client";

    public void Dispose() => fixture.Upstream.Reset();

    [Fact]
    public async Task Request_ListedTypeAndHeaders_CrossAsTheyCame()
    {
        var reply = await fixture.PostAsync(Multipart(Lookup("<l:pin>1</l:pin>"), "Content-Type: text/plain; charset=windows-1251; format=flowed\r\nContent-ID: <scan.pdf>\r\nContent-Transfer-Encoding: base64\r\nContent-Description: a scan\r\nX-Other: SMUGGLED\r\n", "AAAA\r\nAAAA"));

        reply.Text.ShouldNotContain("Fault>");
        var call = fixture.Upstream.Calls.Last();
        call.Headers["Content-Type"].ShouldBe(ContentType());
        call.Text.ShouldContain($"--{Boundary}\r\n");
        call.Text.ShouldContain($"Content-ID: <{Root}>");
        call.Text.ShouldContain("Content-Type: text/plain; charset=windows-1251; format=flowed\r\nContent-ID: <scan.pdf>\r\nContent-Transfer-Encoding: base64\r\nContent-Description: a scan\r\n\r\nAAAA\r\nAAAA\r\n");
        call.Text.ShouldNotContain("SMUGGLED");
    }

    [Fact]
    public async Task Answer_ListedType_CrossesAsItCame()
    {
        fixture.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = ContentType();
            return context.Response.WriteAsync(Multipart(UpstreamDouble.Response("<l:surname>A</l:surname>"), "Content-Type: text/plain; profile=own\r\nContent-ID: <photo>\r\nContent-Description: SMUGGLED\r\n", "B"));
        };

        var reply = await fixture.PostAsync(Lookup("<l:pin>1</l:pin>"), "text/xml; charset=utf-8");

        reply.ContentType!.Replace("; ", ";", StringComparison.Ordinal).ShouldBe(ContentType().Replace("; ", ";", StringComparison.Ordinal));
        reply.Text.ShouldContain("Content-Type: text/plain; profile=own\r\nContent-ID: <photo>\r\n");
        reply.Text.ShouldNotContain("SMUGGLED", customMessage: "the answer's headers name content-type alone");
    }

    // What is cut out of an element, or read in another charset, may leave a line that was no boundary before: behind it would
    // stand a part that the sender never sent as one, and that nobody judged.
    [Theory]
    [InlineData("utf-8", "<l:note>\r\n<l:cut/>--{0}\r\n{1}\r\n<l:cut/>--{0}--\r\n</l:note>")]
    [InlineData("utf-16le", "<l:note>\r\n--{0}\r\n{1}\r\n--{0}--\r\n</l:note>")]
    public async Task Request_BoundaryThatAppearsInTheRewrittenEnvelope_IsReplacedByOurs(string charset, string note)
    {
        const string smuggled = "Content-Type: application/zip\r\nContent-ID: <SMUGGLED>\r\n\r\nSMUGGLED";
        var soap = Lookup("<l:pin>1</l:pin>" + note.Replace("{0}", Boundary, StringComparison.Ordinal).Replace("{1}", smuggled.Replace("<", "&lt;", StringComparison.Ordinal), StringComparison.Ordinal));
        var encoding = charset == "utf-8" ? Encoding.UTF8 : Encoding.Unicode;
        byte[] message =
        [
            .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Type: text/xml; charset={charset}\r\nContent-ID: <{Root}>\r\n\r\n"),
            .. encoding.GetBytes(soap),
            .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\nContent-Type: text/plain\r\nContent-ID: <scan.pdf>\r\n\r\nkept\r\n--{Boundary}--\r\n"),
        ];

        var reply = await fixture.PostAsync(message, ContentType());

        reply.Text.ShouldNotContain("Fault>");
        var call = fixture.Upstream.Calls.Last();
        MediaType.TryParse(call.Headers["Content-Type"], out var type).ShouldBeTrue();
        type["boundary"].ShouldNotBe(Boundary);
        using var body = new MemoryStream(call.Body);
        using var reader = new MultipartReader(body, type["boundary"]!, MultipartLimits.Default);
        var ids = new List<string?>();
        for (var step = await reader.NextPartAsync(default); !step.IsEnd; step = await reader.NextPartAsync(default))
        {
            step.HasPart.ShouldBeTrue(step.Fault.ToString());
            ids.Add(step.Part!.ContentId);
        }

        ids.Count.ShouldBe(2);
        ids[1].ShouldBe("scan.pdf");
    }

    private static string ContentType() => $"multipart/related; type=\"text/xml\"; start=\"<{Root}>\"; boundary=\"{Boundary}\"";

    private static string Lookup(string content) => Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookup>");

    private static string Multipart(string soap, string headers, string content) =>
        $"--{Boundary}\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <{Root}>\r\n\r\n{soap}\r\n--{Boundary}\r\n{headers}\r\n{content}\r\n--{Boundary}--\r\n";

    public sealed class Fixture() : LookupWorld("""
        headers: { request: [content-type, content-description], response: [content-type] }
        request: { allow: [pin, note] }
        response: { allow: [surname] }
        attachments: [ { side: request, name: "scan.pdf", types: [text/plain] }, { side: response, name: "*", types: [text/plain] } ]
        """)
    {
        internal Task<HttpReply> PostAsync(string message, string? contentType = null) => PostAsync(Encoding.UTF8.GetBytes(message), contentType ?? ContentType());
    }
}
