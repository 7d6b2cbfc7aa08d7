using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Attachments through both adapters: hashed, signed, judged by the agreement, never in memory. Point 2.</summary>
[Collection(DropInWorld.Collection)]
public sealed class AttachmentTests(DropInWorld fixture) : IDisposable
{
    private const string Boundary = "----=_Part_17";
    private static readonly byte[] Pdf = [.. "%PDF-1.7 "u8, .. RandomBytes(100_000)];
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Fact]
    public async Task Swa_AgreedAttachment_ArrivesWithItsHeadersAndBytes()
    {
        var reply = await SendAsync(Multipart(Soap(), Part("scan.pdf", "application/pdf", Pdf, "X-Own: kept\r\nX-Other: SMUGGLED\r\nContent-Description: SMUGGLED")));

        reply.Text.ShouldContain("lookupResponse");
        var call = drop.Upstream.Calls.Last();
        call.Headers["Content-Type"].ShouldNotContain(Boundary, customMessage: "a boundary is the sender's text");
        call.Text.ShouldContain("X-Own: kept", customMessage: "the agreement lists the header");
        call.Text.ShouldContain("Content-ID: <scan.pdf>");
        call.Text.ShouldContain("Content-Type: application/pdf\r\n");
        call.Text.ShouldNotContain("SMUGGLED");
        Contains(call.Body, Pdf).ShouldBeTrue();
    }

    [Fact]
    public async Task Swa_AgreedAttachment_IsSignedByDigestAndNamedInTheArchive()
    {
        var id = Guid.NewGuid().ToString();
        await SendAsync(Multipart(Soap(id), Part("scan.pdf", "application/pdf", Pdf)));

        foreach (var host in new[] { drop.World.Consumer, drop.World.Provider })
        {
            var entry = (await TestWorld.FindAsync(host, messageId: id)).Single(found => found.Entry.Kind == EntryKind.Request);
            var record = await host.Archive.GetAsync(entry.Record, CancellationToken.None);
            record!.Values.Single(value => value.Path == "$attachment[0]/sha256").Value.ToArray().ShouldBe(SHA256.HashData(Pdf));
            record.Values.Single(value => value.Path == "$attachment[0]/type").AsText().ShouldBe("application/pdf");
            entry.Entry.MessageSize.ShouldNotBeNull().ShouldBeGreaterThan(Pdf.Length);
        }
    }

    [Fact]
    public async Task Archive_MessagesOfEveryForm_VerifyFindsNothingFailed()
    {
        await SendAsync(Multipart(Soap(), Part("scan.pdf", "application/pdf", Pdf)));
        await drop.RestAsync("POST", "/r1/sandbox/GOV/70009001/registry/persons/a", """{"pin":"1"}""");
        await drop.PostAsync(Soap());

        foreach (var host in new[] { drop.World.Consumer, drop.World.Provider })
        {
            var report = await host.Archive.VerifyAsync(new VerifyOptions { Messages = new ArchivedMessageVerifier() }, CancellationToken.None);
            report.SignaturesFailed.ShouldBe(0);
            report.SignaturesAttested.ShouldBeGreaterThan(1);
            report.SignaturesVerified.ShouldBeGreaterThan(1);
        }
    }

    [Theory]
    [InlineData("other.pdf", "application/pdf")]
    [InlineData("scan.pdf", "application/zip")]
    public async Task Swa_AttachmentNobodyAgreed_DoesNotCross(string name, string type)
    {
        var reply = await SendAsync(Multipart(Soap(), Part(name, type, Pdf)));

        reply.Status.ShouldBe(200, reply.Text);
        Contains(drop.Upstream.Calls.Last().Body, Pdf).ShouldBeFalse();
    }

    [Theory]
    [InlineData("binary", "PDFDATA1")]
    [InlineData("base64", "UERGREFUQTE=")]
    [InlineData("quoted-printable", "=50DFDATA1")]
    public async Task Swa_OwnRequestWithContentOfAnotherType_IsRefusedByName(string encoding, string content)
    {
        var calls = drop.Upstream.Calls.Count;
        var reply = await SendAsync(Multipart(Soap(), ($"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <scan.pdf>\r\n", Encoding.ASCII.GetBytes(content))));

        var fault = SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" });
        fault.FaultCode.ShouldBe("adapter.attachment_not_listed", reply.Text);
        reply.Text.ShouldContain("attachment/scan.pdf");
        reply.Text.ShouldContain("content that is not of its type");
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("base64", "JVBERi0xLjcgYQ==")]
    [InlineData("quoted-printable", "=25PDF-1.7 a")]
    public async Task Swa_EncodedContentOfItsType_Crosses(string encoding, string content)
    {
        var reply = await SendAsync(Multipart(Soap(), ($"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <scan.pdf>\r\n", Encoding.ASCII.GetBytes(content))));

        reply.Text.ShouldContain("lookupResponse");
        drop.Upstream.Calls.Last().Text.ShouldContain(content);
    }

    [Theory]
    [InlineData("base64", "Tk9KUEVHISE=", false)]
    [InlineData("base64", "/9j/4AAQSkZJ", true)]
    public async Task Swa_AnswersEncodedPart_IsJudgedByWhatItDecodesTo(string encoding, string content, bool crosses)
    {
        var id = Guid.NewGuid().ToString();
        drop.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=up17";
            return context.Response.Body.WriteAsync(Join("up17",
                ("Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n", Encoding.UTF8.GetBytes(UpstreamDouble.Response("<l:surname>Invented</l:surname>"))),
                ($"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <photo>\r\n", Encoding.ASCII.GetBytes(content)))).AsTask();
        };

        var reply = await SendAsync(Encoding.UTF8.GetBytes(Soap(id)), "text/xml; charset=utf-8");

        reply.Text.ShouldContain("Invented");
        reply.Text.Contains(content, StringComparison.Ordinal).ShouldBe(crosses);
        var entry = (await TestWorld.FindAsync(drop.World.Provider, messageId: id)).Single(found => found.Entry.Kind == EntryKind.Response);
        var record = await drop.World.Provider.Archive.GetAsync(entry.Record, CancellationToken.None);
        record!.Values.Any(value => value.Path == "attachment/* (content not of its type)").ShouldBe(!crosses);
    }

    // RFC 6266 4.3: filename* is the name, and of a path the last segment.
    [Theory]
    [InlineData("attachment; filename=\"a.pdf\"; filename*=UTF-8''b.pdf", "filename=\"b.pdf\"")]
    [InlineData("attachment; filename=\"../../etc/passwd\"", "filename=\"passwd\"")]
    [InlineData("attachment; filename*=UTF-8''..%5Cx%2Fb.pdf", "filename=\"b.pdf\"")]
    [InlineData("attachment; filename*=UTF-8''a%0D%0Ab.pdf", null)]
    [InlineData("attachment; filename=\"..\"", null)]
    public async Task Swa_AnswersFileName_IsHandedOnAsAName(string disposition, string? told)
    {
        drop.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=up17";
            return context.Response.Body.WriteAsync(Join("up17",
                ("Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n", Encoding.UTF8.GetBytes(UpstreamDouble.Response("<l:surname>Invented</l:surname>"))),
                ($"Content-Type: application/octet-stream\r\nContent-ID: <photo>\r\nContent-Disposition: {disposition}\r\n", [1, 2, 3]))).AsTask();
        };

        var reply = await SendAsync(Encoding.UTF8.GetBytes(Soap()), "text/xml; charset=utf-8");

        reply.Text.ShouldContain("Content-ID: <photo>");
        if (told is null)
        {
            reply.Text.ShouldNotContain("Content-Disposition");
        }
        else
        {
            reply.Text.ShouldContain($"Content-Disposition: attachment; {told}\r\n");
        }
    }

    [Fact]
    public async Task Mtom_PartOfAListedField_ComesBackToTheClient()
    {
        var jpeg = new byte[] { 0xFF, 0xD8, 0xFF }.Concat(RandomBytes(70_000)).ToArray();
        var salary = RandomBytes(500);
        drop.Upstream.Soap = (context, _) =>
        {
            var soap = UpstreamDouble.Response("<l:surname>Invented</l:surname><l:photo><x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:photo%40own\"/></l:photo><l:salarySlip><x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:slip\"/></l:salarySlip>");
            context.Response.ContentType = "multipart/related; type=\"application/xop+xml\"; start=\"<root>\"; start-info=\"text/xml\"; boundary=up17";
            return context.Response.Body.WriteAsync(Join("up17",
                ("Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-ID: <root>\r\n", Encoding.UTF8.GetBytes(soap)),
                ("Content-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <photo@own>\r\n", jpeg),
                ("Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <slip>\r\n", salary))).AsTask();
        };

        var reply = await SendAsync(Encoding.UTF8.GetBytes(Soap()), "text/xml; charset=utf-8");

        reply.ContentType.ShouldNotBeNull().ShouldStartWith("multipart/related", customMessage: reply.Text);
        reply.ContentType.ShouldNotContain("up17");
        reply.Text.ShouldNotContain("photo%40own");
        reply.Text.ShouldContain("href=\"cid:part-1\"");
        reply.Text.ShouldContain("Content-ID: <part-1>");
        Contains(reply.Body, jpeg).ShouldBeTrue("a listed field's part passes with it");
        Contains(reply.Body, salary).ShouldBeFalse("a removed field's part goes with it");
        reply.Text.ShouldNotContain("salarySlip");
    }

    [Theory]
    [InlineData("no closing boundary", "multipart_malformed,request_incomplete")]
    [InlineData("no part", "multipart_malformed")]
    [InlineData("two parts with one id", "multipart_malformed")]
    [InlineData("a part without type", "multipart_malformed")]
    [InlineData("an attachment first", "multipart_malformed")]
    public async Task Swa_Malformed_IsRefusedByName(string what, string codes)
    {
        var body = what switch
        {
            "no closing boundary" => Multipart(Soap(), Part("scan.pdf", "application/pdf", Pdf))[..^10],
            "no part" => Encoding.ASCII.GetBytes($"--{Boundary}--\r\n"),
            "two parts with one id" => Multipart(Soap(), Part("scan.pdf", "application/pdf", Pdf), Part("scan.pdf", "application/pdf", Pdf)),
            "a part without type" => Join(Boundary, ("Content-Type: text/xml\r\n", Encoding.UTF8.GetBytes(Soap())), ("Content-ID: <scan.pdf>\r\n", Pdf)),
            _ => Join(Boundary, Part("scan.pdf", "application/pdf", Pdf), ("Content-Type: text/xml\r\n", Encoding.UTF8.GetBytes(Soap()))),
        };
        var calls = drop.Upstream.Calls.Count;
        var reply = await SendAsync(body);

        codes.Split(',').ShouldContain(SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" }).FaultCode!["adapter.".Length..]);
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Swa_AttachmentTheSecurityServerWouldNotLog_IsRefusedBeforeSending()
    {
        var calls = drop.Upstream.Calls.Count;
        var large = new byte[(10 * 1024 * 1024) + 1];
        "%PDF-"u8.CopyTo(large);
        var reply = await SendAsync(Multipart(Soap(), Part("scan.pdf", "application/pdf", large)));

        var fault = SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" });
        fault.FaultCode.ShouldBe("adapter.message_too_large");
        fault.FaultString.ShouldContain("SecurityServer:MaxLoggedBody");
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    private static byte[] RandomBytes(int count) => RandomNumberGenerator.GetBytes(count);

    private static string Soap(string? id = null) => Envelopes.UnsignedText(
        Envelopes.Headers(id) with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>");

    private static (string Headers, byte[] Content) Part(string name, string type, byte[] content, string more = "X-More: 1") =>
        ($"Content-Type: {type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{name}>\r\n{more}\r\n", content);

    private static byte[] Multipart(string soap, params (string Headers, byte[] Content)[] parts) =>
        Join(Boundary, [("Content-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <root>\r\n", Encoding.UTF8.GetBytes(soap)), .. parts]);

    private static byte[] Join(string boundary, params (string Headers, byte[] Content)[] parts)
    {
        using var all = new MemoryStream();
        foreach (var (headers, content) in parts)
        {
            all.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\n{headers}\r\n"));
            all.Write(content);
        }

        all.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
        return all.ToArray();
    }

    private static bool Contains(byte[] all, byte[] part) => all.AsSpan().IndexOf(part) >= 0;

    private Task<HttpReply> SendAsync(byte[] body, string contentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=\"" + Boundary + "\"")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, drop.Adapter) { Content = new ByteArrayContent(body), Version = HttpVersion.Version11 };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + drop.World.Folders.ApiKey);
        return drop.World.SendAsync(request);
    }
}
