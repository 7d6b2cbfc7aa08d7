using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// JSON with attachments as a body of HTTP: a form (RFC 7578) or <c>multipart/related</c> (RFC 2387). The JSON is the first part; each
/// other part is an attachment under its Content-ID, in a form under the name of its field where it has none.
/// </summary>
internal static class JsonMultipart
{
    public const string FormType = "multipart/form-data";
    public const string RelatedType = "multipart/related";
    private const string Root = "answer";

    /// <summary>Whether a body of this type is read as JSON with attachments.</summary>
    public static bool Is(string? contentType, out MediaType mediaType) =>
        MediaType.TryParse(contentType, out mediaType!) && mediaType.Type is FormType or RelatedType;

    /// <summary>In which of the two forms an answer goes: the one asked for by name, else the one in which the question came.</summary>
    /// <param name="accept">Accept of the request.</param>
    /// <param name="asked">Content-Type of the request.</param>
    public static bool AnswersAsForm(string? accept, string? asked) =>
        Names(accept, FormType) || (Names(asked, FormType) && !Names(accept, RelatedType));

    /// <summary>What is wrong with the first part; null: it is JSON, in UTF-8.</summary>
    public static ProtocolFault? Check(MultipartStep step, bool form)
    {
        if (!step.HasPart)
        {
            return step.IsEnd ? Fault(RefusalPhrases.Of("part_with_json"), RefusalPhrases.Of("no_part")) : step.Fault;
        }

        // A field of a form that names no type is text (RFC 7578 §4.4): many clients leave that of the JSON out.
        var type = step.Part.ContentType;
        var isJson = type.Type == "application/json" || (form && step.Part["Content-Type"] is null);
        var isUtf8 = type["charset"] is not { } charset || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return !isJson || !isUtf8 ? Fault(RefusalPhrases.Of("application_json_in_utf_8_as_first_part"), RefusalPhrases.Of("another_type"))
            : step.Part.IsIdentityEncoded ? null
            : Fault(RefusalPhrases.Of("json_as_it_is_content_transfer_encoding"), RefusalPhrases.Of("encoded_part"));
    }

    /// <summary>The Content-Type of an answer.</summary>
    public static string ContentType(bool form, string boundary) => form
        ? $"{FormType}; boundary=\"{boundary}\""
        : $"{RelatedType}; type=\"application/json\"; start=\"<{Root}>\"; boundary=\"{boundary}\"";

    /// <summary>Writes the JSON and its attachments, transfer decoded, piece by piece.</summary>
    public static async Task WriteAsync(Stream target, string boundary, bool form, ReadOnlyMemory<byte> json, MultipartMessage attachments, ProgressTimeout progress)
    {
        var writer = new MultipartWriter(target, boundary);
        await writer.StartPartAsync(Encoding.ASCII.GetBytes($"Content-Type: application/json; charset=utf-8\r\n{(form ? $"Content-Disposition: form-data; name=\"{Root}\"" : $"Content-ID: <{Root}>")}\r\n"), progress.Token);
        await writer.WriteAsync(json, progress.Token);
        foreach (var part in attachments.Parts)
        {
            await writer.StartPartAsync(Headers(part.Shown, form), progress.Token);
            await attachments.CopyAsync(
                part,
                async (piece, token) =>
                {
                    await writer.WriteAsync(piece, token);
                    progress.Advance(piece.Length);
                },
                progress.Token);
        }

        await writer.FinishAsync(progress.Token);
        await target.FlushAsync(progress.Token);
    }

    // RFC 7578 §4.2: names in UTF-8 as they are, quotes and line ends percent-encoded; filename* is not for forms.
    private static byte[] Headers(PartHeaders part, bool form)
    {
        if (!form)
        {
            var others = new List<KeyValuePair<string, string>> { new("Content-Transfer-Encoding", "binary") };
            if (part.FileName is { Length: > 0 } file)
            {
                others.Add(new("Content-Disposition", PartHeaders.DispositionOf(file)));
            }

            return PartHeaders.Create(part.ContentType, part.ContentId, others).Raw.ToArray();
        }

        var name = Quoted(part.ContentId ?? part.FileName ?? "attachment");
        var lines = $"Content-Disposition: form-data; name=\"{name}\"; filename=\"{Quoted(part.FileName ?? part.ContentId ?? "attachment")}\"\r\nContent-Type: {part.ContentType}\r\n";
        return Encoding.UTF8.GetBytes(lines);
    }

    private static string Quoted(string text) => text
        .Replace("\"", "%22", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static bool Names(string? header, string type) => header?.Contains(type, StringComparison.OrdinalIgnoreCase) == true;

    private static ProtocolFault Fault(string expected, string found) =>
        new("multipart-json", XRoadFaultCode.MimeParsingFailed, "multipart/part[1]", expected, found);
}
