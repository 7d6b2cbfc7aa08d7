using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Tunduk.Xml;

namespace Tunduk.Evidence.Canonicalization;

/// <summary>
/// Exclusive XML Canonicalization 1.0 without comments (W3C REC xml-exc-c14n-20020718) of one element and what it holds,
/// over the parsed form everything else reads.
/// </summary>
/// <remarks>Cost is linear in the element's bytes. Relative namespace names are written as they are.</remarks>
public static class ExclusiveCanonicalizer
{
    /// <summary>The algorithm's identifier in signatures.</summary>
    public const string Algorithm = "http://www.w3.org/2001/10/xml-exc-c14n#";

    /// <summary>Writes the canonical form.</summary>
    /// <param name="apex">The element.</param>
    /// <param name="output">Receives UTF-8.</param>
    /// <param name="inclusivePrefixes">
    /// The InclusiveNamespaces PrefixList (§3): prefixes treated as in inclusive canonicalization; <c>#default</c> is the default
    /// namespace.
    /// </param>
    [SuppressMessage("Design", "CA1045", Justification = "The span is read only.")]
    public static void Write(XmlElement apex, IBufferWriter<byte> output, params ReadOnlySpan<string> inclusivePrefixes) =>
        Write(apex, output, default, inclusivePrefixes);

    /// <summary>The same of an apex that will have one more attribute.</summary>
    internal static void Write(XmlElement apex, IBufferWriter<byte> output, ApexAttribute added, ReadOnlySpan<string> inclusivePrefixes)
    {
        byte[][] prefixes = [];
        if (!inclusivePrefixes.IsEmpty)
        {
            prefixes = new byte[inclusivePrefixes.Length][];
            for (int i = 0; i < prefixes.Length; i++)
            {
                prefixes[i] = inclusivePrefixes[i] == "#default" ? [] : System.Text.Encoding.UTF8.GetBytes(inclusivePrefixes[i]);
            }
        }

        var walk = new CanonicalWalk(apex, output, prefixes, added);
        try
        {
            walk.Run();
        }
        finally
        {
            walk.Release();
        }
    }

    /// <summary>The canonical form as an array.</summary>
    public static byte[] ToArray(XmlElement apex, params ReadOnlySpan<string> inclusivePrefixes)
    {
        using var buffer = new CanonicalBuffer(apex.OuterRange.Length + 256);
        Write(apex, buffer, inclusivePrefixes);
        return buffer.Written.ToArray();
    }
}
