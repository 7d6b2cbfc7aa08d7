using System.Collections.Frozen;

namespace Tunduk.Adapter.Filtering;

/// <summary>Media types and charsets that say nothing but what they are for: any other name could be a text of the sender's choice.</summary>
internal static class MediaTypes
{
    private static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(
        [
            "*/*", "application/*", "text/*", "image/*",
            "application/json", "application/problem+json", "application/hal+json", "application/ld+json", "application/geo+json", "application/vnd.api+json", "application/merge-patch+json", "application/json-patch+json",
            "application/yaml", "application/x-yaml", "text/yaml", "application/vnd.oai.openapi", "application/vnd.oai.openapi+json",
            "application/xml", "application/soap+xml", "application/xop+xml", "application/problem+xml", "text/xml", "text/plain", "text/html", "text/csv", "text/json",
            "application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/x-www-form-urlencoded", "application/pkcs7-signature", "application/x-pkcs7-signature",
            "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "image/jpeg", "image/png", "image/gif", "image/tiff", "image/bmp", "image/webp", "image/jp2", "image/svg+xml",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Charsets = FrozenSet.ToFrozenSet(["utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-5", "windows-1251", "windows-1252", "koi8-r", "cp866"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a type, in lower case, is one of those.</summary>
    public static bool IsCommon(string type) => Common.Contains(type);

    /// <summary>Whether a charset is.</summary>
    public static bool IsCharset(string charset) => Charsets.Contains(charset);
}
