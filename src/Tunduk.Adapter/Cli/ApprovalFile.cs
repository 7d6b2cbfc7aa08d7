using System.Text.Json;

namespace Tunduk.Adapter.Cli;

/// <summary>A request on its way to an approver, and back with the approver's signature.</summary>
internal sealed record ApprovalFile
{
    private const int LongestFile = 16 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is to be approved: a statement without its end.</summary>
    public required string Asked { get; init; }

    /// <summary>The request's nonce.</summary>
    public required string Nonce { get; init; }

    /// <summary>The request itself, as the JSON text whose digest the statement names.</summary>
    public required string Request { get; init; }

    /// <summary>The statement that was signed.</summary>
    public string? Statement { get; init; }

    /// <summary>CMS detached signature over it.</summary>
    public byte[]? Signature { get; init; }

    public static ApprovalFile? Read(string file)
    {
        try
        {
            return new FileInfo(file).Length > LongestFile ? null : JsonSerializer.Deserialize<ApprovalFile>(File.ReadAllBytes(file), Json);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it, readable by its owner only: it may name persons.</summary>
    public static void Write(string file, ApprovalFile content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        JsonSerializer.Serialize(stream, content, Json);
    }
}
