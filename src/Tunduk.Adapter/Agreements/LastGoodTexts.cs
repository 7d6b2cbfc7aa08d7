using System.Text.Json;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// The last good text of each document, by digest, in a folder of the adapter. A copy whose bytes do not have the
/// digest of its name counts as absent.
/// </summary>
internal sealed class LastGoodTexts(string folder)
{
    private const string IndexName = "last-good.json";

    private Dictionary<string, AgreementDigest> index = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, AgreementDigest> Index => index;

    /// <summary>Reads the index; a missing or unreadable one is empty, and the fault is told.</summary>
    public string? Load()
    {
        string path = Path.Combine(folder, IndexName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            Dictionary<string, string> texts = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path)) ?? [];
            index = texts
                .Where(static p => AgreementDigest.TryParse(p.Value, out _))
                .ToDictionary(static p => p.Key, static p => AgreementDigest.Parse(p.Value), StringComparer.Ordinal);
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return "the index of the last good texts cannot be read";
        }
    }

    /// <summary>The text and the signature that lay beside it, or null.</summary>
    public (byte[] Document, byte[]? Signature)? Find(string file)
    {
        if (!index.TryGetValue(file, out AgreementDigest digest))
        {
            return null;
        }

        try
        {
            byte[] document = File.ReadAllBytes(PathOf(digest));
            string signature = PathOf(digest) + ".sig";
            return AgreementDigest.Of(document) == digest ? (document, File.Exists(signature) ? File.ReadAllBytes(signature) : null) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the texts the last good ones of their files and forgets every other file.</summary>
    public void Save(IReadOnlyDictionary<string, AgreementDigest> current, IEnumerable<(AgreementDigest Digest, byte[] Document, byte[]? Signature)> texts)
    {
        Directory.CreateDirectory(folder);
        foreach ((AgreementDigest digest, byte[] document, byte[]? signature) in texts)
        {
            if (!File.Exists(PathOf(digest)) || File.ReadAllBytes(PathOf(digest)) is var held && AgreementDigest.Of(held) != digest)
            {
                DurableFile.Write(PathOf(digest), document, sync: false);
            }

            if (signature is not null)
            {
                DurableFile.Write(PathOf(digest) + ".sig", signature, sync: false);
            }
        }

        bool same = current.Count == index.Count && current.All(p => index.TryGetValue(p.Key, out AgreementDigest d) && d == p.Value);
        if (!same)
        {
            DurableFile.Write(
                Path.Combine(folder, IndexName),
                JsonSerializer.SerializeToUtf8Bytes(current.OrderBy(static p => p.Key, StringComparer.Ordinal).ToDictionary(static p => p.Key, static p => p.Value.ToString(), StringComparer.Ordinal)),
                sync: true);
            Dictionary<string, AgreementDigest> before = index;
            index = new Dictionary<string, AgreementDigest>(current, StringComparer.Ordinal);
            foreach (AgreementDigest old in before.Values.Except(index.Values))
            {
                File.Delete(PathOf(old));
                File.Delete(PathOf(old) + ".sig");
            }
        }
    }

    private string PathOf(AgreementDigest digest) => Path.Combine(folder, digest + ".yaml");
}
