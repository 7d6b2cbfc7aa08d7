using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Reads contract files: hardened, bounded, and only inside the contract's folder.</summary>
internal sealed partial class XsdSource(ImportOptions options, FindingList findings, string? folder)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>Parses one file; null with a finding when it is not well-formed or breaks a limit.</summary>
    public XDocument? Parse(ReadOnlyMemory<byte> content, string file)
    {
        try
        {
            using (var probe = Open(content))
            {
                while (probe.Read())
                {
                    if (probe.Depth > options.MaxDepth)
                    {
                        findings.Error("xml", Phrases.Of("Xsd.ElementsNestedDeeperThan", options.MaxDepth), new SchemaLocation(file, ((IXmlLineInfo)probe).LineNumber));
                        return null;
                    }
                }
            }

            using var reader = Open(content);
            return XDocument.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            var what = e.Message.Contains("encoding", StringComparison.OrdinalIgnoreCase) ? Phrases.Of("Xsd.EncodingNotKnownNot")
                : e.Message.Contains("DTD", StringComparison.Ordinal) ? Phrases.Of("Xsd.DocumentTypeDeclarationNot") : Phrases.Of("Xsd.FileNotWellFormed");
            findings.Error("xml", what, new SchemaLocation(file, e.LineNumber));
            return null;
        }
    }

    /// <summary>Reads the file of an import or include. Null when it was read before, lies outside, or cannot be read (with a finding).</summary>
    public (XDocument Document, string File)? Load(string location, string relativeTo, string construct, SchemaLocation at, string adoptedNamespace)
    {
        if (location.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            findings.Error(construct, Phrases.Of("Xsd.LocationNamesFileMachine"), at);
            return null;
        }

        // A scheme (RFC 3986 §3.1), or the host of a Windows share: neither is a file beside the contract.
        if (Scheme().IsMatch(location) || location.StartsWith("//", StringComparison.Ordinal) || location.StartsWith("\\\\", StringComparison.Ordinal))
        {
            findings.Warning(construct, Phrases.Of("Xsd.LocationNetworkNeverFetched"), at);
            return null;
        }

        if (folder is null)
        {
            findings.Warning(construct, Phrases.Of("Xsd.ContractGivenTextSo"), at);
            return null;
        }

        string full;
        try
        {
            // It is a URI reference: a space in a file's name is %20 there. What is left is held against the folder.
            full = Path.GetFullPath(Path.Combine(folder, Path.GetDirectoryName(relativeTo) ?? "", Uri.UnescapeDataString(location)));
        }
        catch (ArgumentException)
        {
            findings.Error(construct, Phrases.Of("Xsd.LocationNotFileName"), at);
            return null;
        }

        var root = Path.GetFullPath(folder);
        if (!IsInside(full, root) || IsLinkOutside(full, root))
        {
            findings.Error(construct, Phrases.Of("Xsd.LocationLiesOutsideContract"), at);
            return null;
        }

        if (!read.Add(full + "\n" + adoptedNamespace))
        {
            return null;
        }

        if (read.Count > options.MaxFiles)
        {
            findings.Error(construct, Phrases.Of("Xsd.MoreThanFiles", options.MaxFiles), at);
            return null;
        }

        try
        {
            var info = new FileInfo(full);
            // A pipe, socket or device has no length, and reading it may never end.
            if (info is { Exists: true, Length: 0 })
            {
                findings.Error(construct, Phrases.Of("Xsd.EmptyNoRegularFile"), at);
                return null;
            }

            if (!info.Exists || info.Length > options.MaxFileBytes)
            {
                findings.Error(construct, info.Exists ? Phrases.Of("Xsd.FileLargerThanBytes", options.MaxFileBytes) : Phrases.Of("Xsd.FileDoesNotExist"), at);
                return null;
            }

            var relative = Path.GetRelativePath(root, full);
            return Parse(File.ReadAllBytes(full), relative) is { } document ? (document, relative) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Error(construct, Phrases.Of("Xsd.FileCannotRead", e.GetType().Name), at);
            return null;
        }
    }

    /// <summary>Marks the main file as read, so that a circular import ends.</summary>
    public void MarkRead(string file)
    {
        if (folder is not null)
        {
            read.Add(Path.GetFullPath(Path.Combine(folder, file)) + "\n");
        }
    }

    // Every folder on the way may be a link too.
    private static bool IsLinkOutside(string full, string root)
    {
        var real = RealPath(full, 0);
        return real is null || RealPath(root, 0) is not { } realRoot || !IsInside(real, realRoot);
    }

    private static bool IsInside(string path, string root) =>
        path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? RealPath(string path, int links)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).LinkTarget is { } target)
            {
                real = links > 20 ? null : RealPath(Path.GetFullPath(target, Path.GetDirectoryName(real)!), links + 1);
                if (real is null)
                {
                    return null;
                }
            }
        }

        return real;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Scheme();

    private XmlReader Open(ReadOnlyMemory<byte> content)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = options.MaxFileBytes,
        };

        // Old members' files are in windows-1251 and the like, which the framework's reader does not know by itself.
        return SingleByte(content.Span) is { } encoding
            ? XmlReader.Create(new StringReader(encoding.GetString(content.Span)), settings)
            : XmlReader.Create(new MemoryStream(content.ToArray(), writable: false), settings);
    }

    private static Encoding? SingleByte(ReadOnlySpan<byte> content)
    {
        var head = Encoding.ASCII.GetString(content[..Math.Min(content.Length, 200)]);
        var end = head.StartsWith("<?xml", StringComparison.Ordinal) ? head.IndexOf("?>", StringComparison.Ordinal) : -1;
        var name = end < 0 ? null : Declared().Match(head[..end]) is { Success: true } match ? match.Groups["name"].Value.ToLowerInvariant() : null;
        return name is "windows-1251" or "windows-1252" or "koi8-r" or "koi8-u" or "cp866" or "ibm866" or "iso-8859-5" ? CodePagesEncodingProvider.Instance.GetEncoding(name) : null;
    }

    [GeneratedRegex("encoding\\s*=\\s*[\"'](?<name>[A-Za-z0-9._-]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Declared();
}
