using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tunduk.Evidence.Bundles;

/// <summary>Names and bounds of bundle format 1 that writer and verifier share (proto/BUNDLE-FORMAT.md).</summary>
public static class BundleFormat
{
    /// <summary>The manifest's <c>format</c>.</summary>
    public const string Version = "tunduk-bundle/1";

    /// <summary>What the bundle is, what it proves, and the digest of every other file.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>CMS detached signature over the manifest's exact bytes.</summary>
    public const string ManifestSignature = "manifest.cms";

    /// <summary>One record a line.</summary>
    public const string Records = "records.jsonl";

    /// <summary>32 random bytes, then the payload parts in the order in which records name them.</summary>
    public const string Payloads = "payloads.bin";

    /// <summary>Signed checkpoints, notes one after the other, an empty line after each.</summary>
    public const string Checkpoints = "checkpoints.txt";

    /// <summary>Certificates, revocation data and time-stamps, one a line. None of it is an anchor.</summary>
    public const string Evidence = "evidence.jsonl";

    /// <summary>The same for people. It proves nothing by itself.</summary>
    public const string Report = "report.html";

    /// <summary>Largest bundle in bytes: what a ZIP file holds without its 64-bit extension.</summary>
    public const long MaxBundleBytes = uint.MaxValue - 1L;

    /// <summary>Longest line of a file.</summary>
    public const int MaxLineBytes = 64 << 20;

    /// <summary>Most tokens of one JSON text: a line of little else than brackets takes a hundred times its length in memory.</summary>
    public const int MaxTokens = 6_000_000;

    /// <summary>Longest manifest, and longest manifest signature.</summary>
    public const int MaxManifestBytes = 4 << 20;

    /// <summary>Largest payload part that is taken into memory to check a message signature.</summary>
    public const int MaxMessageBytes = 64 << 20;

    /// <summary>What all files may take unpacked: this many times the bundle's own size …</summary>
    public const int MaxExpansion = 100;

    /// <summary>… and this much more.</summary>
    public const long ExpansionAllowance = 64L << 20;

    /// <summary>Random bytes before the payloads.</summary>
    public const int PayloadSalt = 32;

    /// <summary>Every file a bundle has, each exactly once.</summary>
    public static IReadOnlyList<string> Files { get; } = [Records, Payloads, Checkpoints, Evidence, Report, Manifest, ManifestSignature];

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
        Converters = { new BundledLeafConverter() },
    };

    /// <summary>
    /// Reads one JSON text of a bundle or trust file. <see cref="JsonSerializerOptions.RespectNullableAnnotations"/> does not reach the items of
    /// lists: none of this format may be null.
    /// </summary>
    /// <exception cref="JsonException">It is not of the form.</exception>
    internal static T? Read<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        ulong lists = 0;
        int tokens = 0;
        while (reader.Read())
        {
            if (++tokens > MaxTokens)
            {
                throw new JsonException(Phrases.Of("Bundles.MoreMembersItemsThan"));
            }

            // CurrentDepth of a value is that of what it stands in.
            ulong bit = 1UL << reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    lists |= bit << 1;
                    break;
                case JsonTokenType.StartObject:
                    lists &= ~(bit << 1);
                    break;
                case JsonTokenType.Null when (lists & bit) != 0:
                    throw new JsonException(Phrases.Of("Bundles.ItemListNull"));
            }
        }

        return JsonSerializer.Deserialize<T>(json, Json);
    }
}
