using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Attachments;

/// <summary>The MIME headers of one part: as parsed, and as the bytes that are handed on unchanged.</summary>
public sealed class PartHeaders
{
    private readonly List<KeyValuePair<string, string>> _fields;

    private PartHeaders(ReadOnlyMemory<byte> raw, List<KeyValuePair<string, string>> fields, MediaType contentType)
    {
        Raw = raw;
        _fields = fields;
        ContentType = contentType;
        ContentId = Get("Content-ID") is { } id ? id.Trim().TrimStart('<').TrimEnd('>') : null;
        TransferEncoding = Get("Content-Transfer-Encoding")?.Trim().ToLowerInvariant() ?? "7bit";
    }

    /// <summary>The lines with their CRLFs, without the empty one after them.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Every part must have one (PR-MESS 2.6).</summary>
    public MediaType ContentType { get; }

    /// <summary>Without its angle brackets; null without one.</summary>
    public string? ContentId { get; }

    /// <summary>
    /// File name of the part: <c>filename*</c> (RFC 8187), else <c>filename</c> (RFC 2183), else the type's <c>name</c>; of a path only its
    /// last segment (RFC 6266 §4.3). Null without one, where <c>filename*</c> cannot be read, and for a name with control characters.
    /// </summary>
    public string? FileName => PartFileName.Plain(SpelledName);

    /// <summary>What a reader of <c>filename</c> alone sees where that is another name than <see cref="FileName"/>; null where it is not.</summary>
    public string? OtherFileName => Disposition is { } disposition && disposition["filename*"] is not null && disposition["filename"] is { } older && PartFileName.Plain(older) is var plain && plain != FileName
        ? plain ?? ""
        : null;

    /// <summary>No spelling of the file name, in whichever header, has a path or what no name may have.</summary>
    public bool HasPlainNames =>
        IsPlain(SpelledName) && IsPlain(ContentType["name"]) && IsPlain(Disposition?["filename"])
        && (Disposition is null ? Get("Content-Disposition") is null : Disposition["filename*"] is not { } star || PartFileName.Decode(star) is not null)
        && ContentType["name*"] is null;

    /// <summary>Name of the field that the part is in a form (RFC 7578 §4.2); null without one.</summary>
    public string? FieldName => Disposition is { Type: "disposition/form-data" } disposition ? disposition["name"] : null;

    private string? SpelledName => Disposition switch
    {
        { } disposition when disposition["filename*"] is { } star => PartFileName.Decode(star),
        { } disposition => disposition["filename"] ?? ContentType["name"],
        _ => ContentType["name"],
    };

    private static bool IsPlain(string? name) => name is null || PartFileName.Plain(name) == name;

    // The parameters are written as those of a media type.
    private MediaType? Disposition => Get("Content-Disposition") is { } text && MediaType.TryParse("disposition/" + text, out MediaType? disposition) ? disposition : null;

    /// <summary>Lower case; <c>7bit</c> when not given (RFC 2045 §6.1).</summary>
    public string TransferEncoding { get; }

    /// <summary>The content is the bytes of the message themselves.</summary>
    public bool IsIdentityEncoded => TransferEncoding is "7bit" or "8bit" or "binary";

    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    public string? this[string name] => Get(name);

    /// <summary>The headers of a SOAP part as this project writes it.</summary>
    public static PartHeaders ForSoap(string contentId) =>
        TryRead(MultipartWriter.SoapPartHeaders(mtom: false, contentId), MultipartLimits.Default, out PartHeaders? made, out _) ? made : throw new ArgumentException("It is no Content-ID.", nameof(contentId));

    /// <summary>The headers of a binary attachment made here; false for a name or type that headers cannot carry.</summary>
    /// <param name="contentType">Its media type.</param>
    /// <param name="contentId">Its Content-ID, without brackets.</param>
    /// <param name="fileName">Its file name (RFC 2183, RFC 2231 where it is not ASCII); null for none.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="fault">What cannot be carried.</param>
    public static bool TryCreate(MediaType contentType, string contentId, string? fileName, [NotNullWhen(true)] out PartHeaders? headers, out ProtocolFault fault)
    {
        headers = null;
        if (contentId.Length is 0 or > 256 || contentId.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || contentId.AsSpan().IndexOfAny('<', '>') >= 0)
        {
            fault = Fault("part-header", Phrases.Of("Attachments.ContentIdMost256"), Phrases.Of("Attachments.AnotherText"));
            return false;
        }

        if (fileName is { Length: > 255 } || fileName?.AsSpan().IndexOfAny('"', '\\', '/') >= 0 || (fileName is not null && HasControl(fileName)))
        {
            fault = Fault("part-header", Phrases.Of("Attachments.FileNameMost255"), Phrases.Of("Attachments.AnotherText"));
            return false;
        }

        string lines = Encoding.ASCII.GetString(MultipartWriter.AttachmentHeaders(contentType, contentId));
        if (fileName is { Length: > 0 })
        {
            lines += $"Content-Disposition: {DispositionOf(fileName)}\r\n";
        }

        return TryRead(Encoding.ASCII.GetBytes(lines), MultipartLimits.Default, out headers, out fault);
    }

    /// <summary>The Content-Disposition of an attachment with a file name; one outside ASCII in the form of RFC 5987.</summary>
    /// <param name="fileName">Without quotes and backslashes.</param>
    public static string DispositionOf(string fileName) => Ascii.IsValid(fileName)
        ? $"attachment; filename=\"{fileName}\""
        : $"attachment; filename*=UTF-8''{Uri.EscapeDataString(fileName)}";

    /// <summary>Headers of our own making; a value that cannot stand in a line is left out.</summary>
    public static PartHeaders Create(MediaType contentType, string? contentId, IEnumerable<KeyValuePair<string, string>> others)
    {
        List<KeyValuePair<string, string>> fields = [new("Content-Type", contentType.ToString())];
        if (contentId is not null && contentId.Length > 0 && contentId.All(static c => c is > ' ' and < '\u007F' and not ('<' or '>')))
        {
            fields.Add(new("Content-ID", $"<{contentId}>"));
        }

        fields.AddRange(others.Where(static field => IsName(field.Key) && field.Value.All(static c => c is >= ' ' and <= '\u00FF' and not '\u007F' && !char.IsControl(c))));
        return new PartHeaders(Encoding.Latin1.GetBytes(string.Concat(fields.Select(static field => $"{field.Key}: {field.Value}\r\n"))), fields, contentType);
    }

    /// <summary>Reads header lines (RFC 5322 §2.2, folded lines included); the bytes are copied.</summary>
    internal static bool TryRead(
        ReadOnlySpan<byte> lines,
        MultipartLimits limits,
        [NotNullWhen(true)] out PartHeaders? headers,
        out ProtocolFault fault)
    {
        headers = null;
        List<KeyValuePair<string, string>> fields = [];
        byte[] raw = lines.ToArray();

        // RFC 6532: many stacks write file names in UTF-8; what is not UTF-8 keeps its bytes one by one.
        string text = (System.Text.Unicode.Utf8.IsValid(raw) ? Encoding.UTF8 : Encoding.Latin1).GetString(raw);
        fault = ProtocolFault.None;
        foreach (string line in Unfold(text))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? line : line[..colon];
            if (colon <= 0 || !IsName(name) || HasControl(line))
            {
                fault = Fault("part-header", Phrases.Of("Attachments.NameValue"), Phrases.Of("Attachments.MalformedLine"));
                return false;
            }

            if (fields.Exists(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                // Two readers could choose differently.
                fault = Fault("part-header-duplicate", Phrases.Of("Attachments.EachHeaderOnce"), Phrases.Of("Attachments.HeaderTwice"));
                return false;
            }

            if (fields.Count == limits.MaxHeaders)
            {
                fault = Fault("part-header-count", Phrases.Of("Attachments.MostHeaders", limits.MaxHeaders), Phrases.Of("Attachments.More"));
                return false;
            }

            fields.Add(new KeyValuePair<string, string>(name, line[(colon + 1)..].Trim(' ', '\t')));
        }

        string? type = fields.Find(f => f.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? limits.DefaultType;
        if (!MediaType.TryParse(type, out MediaType? mediaType))
        {
            fault = new ProtocolFault("part-content-type", XRoadFaultCode.InvalidContentType, "part/Content-Type", Phrases.Of("Attachments.ContentTypeOwn"), type is null ? Phrases.Of("Attachments.None") : Phrases.Of("Attachments.Malformed"));
            return false;
        }

        headers = new PartHeaders(raw, fields, mediaType);
        return true;
    }

    private static IEnumerable<string> Unfold(string text)
    {
        StringBuilder? current = null;
        foreach (string line in text.Split("\r\n", StringSplitOptions.None))
        {
            if (current is not null && line.Length > 0 && (line[0] is ' ' or '\t'))
            {
                current.Append(' ').Append(line.TrimStart(' ', '\t'));
                continue;
            }

            if (current is not null)
            {
                yield return current.ToString();
            }

            current = line.Length == 0 ? null : new StringBuilder(line);
        }

        if (current is not null)
        {
            yield return current.ToString();
        }
    }

    private static bool IsName(string name)
    {
        foreach (char c in name)
        {
            if (c is <= ' ' or >= '\u007F')
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasControl(string line)
    {
        foreach (char c in line)
        {
            if (c is < ' ' and not '\t' or '\u007F')
            {
                return true;
            }
        }

        return false;
    }

    private static ProtocolFault Fault(string reason, string expected, string found) =>
        new(reason, XRoadFaultCode.MimeParsingFailed, "part", expected, found);

    private string? Get(string name)
    {
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }
}
