using System.Buffers.Text;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tunduk.Archive;

namespace Tunduk.Adapter.Grants;

/// <summary>
/// Where the next page begins, for one caller, query and grant, for an hour: encrypted, so that it tells its holder nothing, and
/// worthless to anybody else (AES-256-GCM under a key of this adapter alone).
/// </summary>
internal sealed class PageTokens
{
    // No token begins with a hyphen: on a command line that would be an option.
    private const string Start = "p";
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;
    private const int LongestToken = 1024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private readonly byte[] key;
    private readonly TimeProvider clock;

    private PageTokens(byte[] key, TimeProvider clock)
    {
        this.key = key;
        this.clock = clock;
    }

    /// <summary>Opens the key in the state folder, making it at the first start: pages go on across a restart.</summary>
    public static PageTokens Open(string stateFolder, TimeProvider clock)
    {
        string file = Path.Combine(stateFolder, "page-token.key");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(stateFolder);
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            string fresh = file + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            using (FileStream stream = new(fresh, options))
            {
                stream.Write(RandomNumberGenerator.GetBytes(KeySize));
            }

            File.Move(fresh, file, overwrite: true);
        }

        return new PageTokens(SHA256.HashData(File.ReadAllBytes(file)), clock);
    }

    /// <summary>Makes a token.</summary>
    /// <param name="caller">Who may use it.</param>
    /// <param name="query">The query's canonical JSON without <c>after</c> and approval.</param>
    /// <param name="grant">Digest of the grant.</param>
    /// <param name="position">Where to go on.</param>
    public string Make(string caller, ReadOnlySpan<byte> query, string grant, PageToken position)
    {
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(new Content(grant, position.ToString(), (clock.GetUtcNow() + Life).ToUnixTimeSeconds()));
        byte[] token = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(token.AsSpan(0, NonceSize));
        using AesGcm aes = new(key, TagSize);
        aes.Encrypt(token.AsSpan(0, NonceSize), plain, token.AsSpan(NonceSize, plain.Length), token.AsSpan(NonceSize + plain.Length), Bound(caller, query));
        return Start + Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token; null when it is of another caller or query, was changed, or is over.</summary>
    public (string Grant, PageToken Position)? Read(string token, string caller, ReadOnlySpan<byte> query)
    {
        if (token.Length > LongestToken || !token.StartsWith(Start, StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(Start.Length)))
        {
            return null;
        }

        byte[] bytes = Base64Url.DecodeFromChars(token.AsSpan(Start.Length));
        if (bytes.Length <= NonceSize + TagSize)
        {
            return null;
        }

        byte[] plain = new byte[bytes.Length - NonceSize - TagSize];
        try
        {
            using AesGcm aes = new(key, TagSize);
            aes.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length), plain, Bound(caller, query));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        Content content = JsonSerializer.Deserialize<Content>(plain)!;
        return content.Until >= clock.GetUtcNow().ToUnixTimeSeconds() && PageToken.TryParse(content.Position, out PageToken position) ? (content.Grant, position) : null;
    }

    // What a token is bound to is authenticated, not stored in it.
    private static byte[] Bound(string caller, ReadOnlySpan<byte> query)
    {
        byte[] name = Encoding.UTF8.GetBytes(caller);
        byte[] bound = new byte[4 + name.Length + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(bound, name.Length);
        name.CopyTo(bound, 4);
        SHA256.HashData(query, bound.AsSpan(4 + name.Length));
        return bound;
    }

    private sealed record Content(string Grant, string Position, long Until);
}
