using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>zeep and Python's email package as sender of SOAP with attachments and of MTOM; zeep as reader of what comes back.</summary>
[Collection(DropInWorld.Collection)]
public sealed partial class ZeepAttachmentTests(DropInWorld fixture) : IDisposable
{
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Theory]
    [InlineData("swa")]
    [InlineData("mtom")]
    public async Task Lookup_FromAForeignSender_ArrivesWholeAndItsAnswerIsRead(string mode)
    {
        // With the end every image has: of a binary part zeep takes line breaks off both ends.
        byte[] jpeg = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(50_000), 0xFF, 0xD9];
        drop.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=up18";
            return context.Response.Body.WriteAsync((byte[])
            [
                .. Encoding.UTF8.GetBytes("--up18\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n" + UpstreamDouble.Response("<l:surname>Invented</l:surname>")),
                .. Encoding.UTF8.GetBytes("\r\n--up18\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <photo>\r\n\r\n"),
                .. jpeg,
                .. Encoding.UTF8.GetBytes("\r\n--up18--\r\n"),
            ]).AsTask();
        };

        var (code, text) = await Tool.RunAsync("/usr/bin/python3", Path.Combine(Repository.Root, "tests", "judges", "zeep_attachment.py"), drop.Adapter.ToString(), drop.World.Folders.ApiKey, mode);

        code.ShouldBe(0, text);
        var said = JsonDocument.Parse(text).RootElement;
        said.GetProperty("parts").EnumerateArray().Select(part => part.GetString()).ShouldBe([Convert.ToHexStringLower(SHA256.HashData(jpeg))]);
        said.GetProperty("envelope").GetString()!.ShouldContain("Invented");
        var call = drop.Upstream.Calls.Last();
        call.Headers["Content-Type"].ShouldContain(mode == "mtom" ? "application/xop+xml" : "text/xml");
        // A part that a field refers to goes on under a name of ours: the sender's is text that no list names.
        var name = mode == "mtom" ? IncludedPart().Match(call.Text).Groups[1].Value : "scan.pdf";
        name.ShouldNotBeEmpty(call.Text);
        var part = call.Text[call.Text.LastIndexOf($"<{name}>", StringComparison.Ordinal)..];
        part = part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..part.LastIndexOf("\r\n--", StringComparison.Ordinal)];
        Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(part.Replace("\r\n", "", StringComparison.Ordinal)))).ShouldBe(said.GetProperty("sent").GetString());
    }

    [GeneratedRegex("href=\"cid:([^\"]+)\"")]
    private static partial Regex IncludedPart();
}
