using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.DropIn;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A service with a contract whose information system speaks SOAP with attachments.</summary>
internal static class AttachmentWorld
{
    public static byte[] Pdf { get; } = [.. "%PDF-1.7 "u8, .. RandomNumberGenerator.GetBytes(300_000)];

    public static byte[] Jpeg { get; } = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(200_000)];

    /// <summary>Two adapters whose agreement lists one file name in the request and any image in the answer.</summary>
    public static Task<TestWorld> StartAsync(UpstreamDouble upstream, Func<string, string>? agreement = null, Action<JsonObject>? consumer = null) => TestWorld.StartAsync(new TestWorldOptions
    {
        Provider = json =>
        {
            json["Provides"]!["getPerson"]!["Upstream"] = new Uri(upstream.Address, "soap").ToString();
            json["Provides"]!["getPerson"]!["Protocol"] = "soap";
        },
        Consumer = consumer,
        ProviderAgreement = text => (agreement ?? (same => same))(WithAttachments(text)),
        ConsumerAgreement = text => (agreement ?? (same => same))(WithAttachments(text)),
    });

    private static string WithAttachments(string text) => text.Replace(
        "attachments: none",
        "attachments: [ { side: request, name: \"бирдик.pdf\", types: [application/pdf] }, { side: response, name: \"*\", types: [image/jpeg] } ]",
        StringComparison.Ordinal);

    /// <summary>An answer with an image and a file that nobody listed.</summary>
    public static async Task AnswerWithParts(Microsoft.AspNetCore.Http.HttpContext context, byte[] _)
    {
        using var all = new MemoryStream();
        foreach (var (headers, content) in new (string Headers, byte[] Content)[]
        {
            ("Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n", Encoding.UTF8.GetBytes(UpstreamDouble.Envelope(Envelopes.GetPersonResponse()))),
            ("Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <photo>\r\n", Encoding.ASCII.GetBytes(Convert.ToBase64String(Jpeg, Base64FormattingOptions.InsertLineBreaks))),
            ("Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <slip>\r\n", Pdf),
        })
        {
            all.Write(Encoding.ASCII.GetBytes($"\r\n--up17\r\n{headers}\r\n"));
            all.Write(content);
        }

        all.Write("\r\n--up17--\r\n"u8);
        context.Response.ContentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=up17";
        await context.Response.Body.WriteAsync(all.ToArray());
    }
}
