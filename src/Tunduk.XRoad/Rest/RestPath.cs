using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Rest;

/// <summary>
/// Refuses paths that two readers may understand differently. Security servers up to 7.7.0 compared the raw path with their access
/// rules and handed it on to software that decoded it (XRDDEV-3054); here such a path reaches no rule at all.
/// </summary>
public static class RestPath
{
    /// <summary>
    /// Fault for dot segments, plain or encoded once or more, for encoded slashes and backslashes, for double slashes, for encoded
    /// control characters and for broken encodings.
    /// </summary>
    /// <param name="rawPath">From the slash after the service code on.</param>
    /// <param name="allowEncodedSlash">
    /// For a provider whose values hold slashes (<c>/documents/12%2F34</c>). Dot segments and empty steps between encoded slashes
    /// are refused all the same.
    /// </param>
    public static ProtocolFault Check(string rawPath, bool allowEncodedSlash = false)
    {
        if (rawPath.Length == 0)
        {
            return ProtocolFault.None;
        }

        if (rawPath.Contains("//", StringComparison.Ordinal))
        {
            return Fault("rest-path-double-slash", Phrases.Of("Rest.SingleSlashes"), Phrases.Of("Rest.DoubleSlash"));
        }

        if (rawPath.Contains('\\', StringComparison.Ordinal))
        {
            return Fault("rest-path-backslash", "slashes", Phrases.Of("Rest.Backslash"));
        }

        foreach (string segment in rawPath.Split('/'))
        {
            if (!IdentifierText.TryDecode(segment, "path", out string decoded, out _))
            {
                return Fault("rest-path-encoding", Phrases.Of("Rest.PercentEncodedUtf8"), Phrases.Of("Rest.BrokenEncoding"));
            }

            if (IsDotSegment(decoded))
            {
                return Fault("rest-path-dot-segment", Phrases.Of("Rest.NoDotSegments"), Phrases.Of("Rest.DotSegment"));
            }

            if (decoded.Contains('\\', StringComparison.Ordinal) || (!allowEncodedSlash && decoded.Contains('/', StringComparison.Ordinal)))
            {
                return Fault("rest-path-encoded-slash", Phrases.Of("Rest.NoEncodedSlashes"), Phrases.Of("Rest.EncodedSlashBackslash"));
            }

            if (decoded.Contains('/', StringComparison.Ordinal) && Array.Exists(decoded.Split('/'), step => step.Length == 0 || IsDotSegment(step)))
            {
                return Fault("rest-path-dot-segment", Phrases.Of("Rest.NoDotSegments"), Phrases.Of("Rest.DotSegmentEmptyStep"));
            }

            foreach (char c in decoded)
            {
                if (char.IsControl(c))
                {
                    return Fault("rest-path-control", Phrases.Of("Rest.NoControlCharacters"), Phrases.Of("Rest.EncodedControlCharacter"));
                }
            }

            // An escape that decodes to an escape is there for a second decoder: what it would give is judged as well.
            if (decoded.Contains('%', StringComparison.Ordinal))
            {
                for (int round = 0; round < 4 && decoded.Contains('%', StringComparison.Ordinal); round++)
                {
                    if (!IdentifierText.TryDecode(decoded, "path", out string again, out _))
                    {
                        break;
                    }

                    decoded = again;
                }

                if (IsDotSegment(decoded) || decoded.AsSpan().IndexOfAny('/', '\\') >= 0 || decoded.Contains('\0', StringComparison.Ordinal))
                {
                    return Fault("rest-path-double-encoding", Phrases.Of("Rest.PathEncodedOnce"), Phrases.Of("Rest.EscapeEscape"));
                }
            }
        }

        return ProtocolFault.None;
    }

    /// <summary>Decodes one percent-encoded piece of a path or query (RFC 3986 §2.1); false for broken escapes and what is not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, out string decoded) => IdentifierText.TryDecode(encoded, "path", out decoded, out _);

    // "..;x" is a dot segment to servers that strip path parameters.
    private static bool IsDotSegment(string decoded)
    {
        int semicolon = decoded.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> name = semicolon < 0 ? decoded : decoded.AsSpan(0, semicolon);
        return name is "." or "..";
    }

    private static ProtocolFault Fault(string reason, string expected, string found) =>
        new(reason, XRoadFaultCode.BadRequest, "path", expected, found);
}
