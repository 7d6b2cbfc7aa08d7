using System.Text.Json;
using Tunduk.Archive.Files;

namespace Tunduk.Adapter.Agreements;

/// <summary>The suspensions ordered at run time, by agreement id, kept across restarts.</summary>
internal sealed class SuspensionFile(string folder)
{
    private string FilePath => Path.Combine(folder, "suspensions.json");

    /// <summary>Changes whenever the file does.</summary>
    public string Fingerprint() => new FileInfo(FilePath) is { Exists: true } file ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "none";

    /// <summary>The suspensions as last ordered.</summary>
    /// <exception cref="InvalidDataException">The file is there and cannot be read: nothing may be taken as not suspended.</exception>
    public Dictionary<string, AgreementSuspension> Load()
    {
        if (!File.Exists(FilePath))
        {
            return new(StringComparer.Ordinal);
        }

        try
        {
            AgreementSuspension[] items = JsonSerializer.Deserialize<AgreementSuspension[]>(File.ReadAllBytes(FilePath)) ?? [];
            return items.ToDictionary(static s => s.Agreement, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException(Phrases.Of("Agreements.NotReadableRestoreDelete", FilePath), e);
        }
    }

    public void Save(IReadOnlyDictionary<string, AgreementSuspension> suspensions)
    {
        Directory.CreateDirectory(folder);
        DurableFile.Replace(FilePath, JsonSerializer.SerializeToUtf8Bytes(suspensions.Values.OrderBy(static s => s.Agreement, StringComparer.Ordinal).ToArray()));
    }
}
