using System.Collections.Frozen;
using System.Text;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Http;

/// <summary>The result of a verification.</summary>
public sealed record HttpVerification
{
    private static readonly FrozenDictionary<HttpVerificationCode, string> Names =
        Enum.GetValues<HttpVerificationCode>().ToFrozenDictionary(code => code, Spell);

    /// <summary>The outcome.</summary>
    public required HttpVerificationStatus Status { get; init; }

    /// <summary>Why, when it failed.</summary>
    public HttpVerificationCode Code { get; init; }

    /// <summary>The stable spelling of <see cref="Code"/>, for example <c>rest_target_differs</c>; empty when there is none.</summary>
    public string CodeName => Names[Code];

    /// <summary>Where and how, when it failed.</summary>
    public SignatureExplanation Explanation { get; init; } = Nothing;

    /// <summary>Copies of our own signature that were set aside.</summary>
    public int EchoedSignatures { get; init; }

    /// <summary>Signatures of other labels and tags; they count for nothing.</summary>
    public int ForeignSignatures { get; init; }

    /// <summary>Valid: the signer.</summary>
    public TrustedSigner? Signer { get; init; }

    /// <summary>Valid: the algorithm.</summary>
    public SignatureAlgorithm? Algorithm { get; init; }

    /// <summary>Valid: time of signing, by the signer's clock.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Valid: end of acceptance; the replay store keeps its key until then, and the skew longer.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>
    /// The decoded signature, which a response to this message binds: a refusal too, though it did not believe it. Empty where it
    /// could not be read.
    /// </summary>
    public ReadOnlyMemory<byte> SignatureValue { get; init; }

    /// <summary>
    /// Valid: SHA-256 of the signature base. Unlike an ECDSA signature nobody can vary it: use it in replay keys.
    /// </summary>
    public ReadOnlyMemory<byte> SignatureBaseSha256 { get; init; }

    /// <summary>Valid: the signature base, for the archive.</summary>
    public ReadOnlyMemory<byte> SignatureBase { get; init; }

    /// <summary>Valid: what is covered, as component identifiers.</summary>
    public IReadOnlyList<string> Covered { get; init; } = [];

    /// <summary>Valid requests: SHA-256 of the sender's latest checkpoint; empty where it names none.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    internal static SignatureExplanation Nothing { get; } = new();

    private static string Spell(HttpVerificationCode code)
    {
        if (code == HttpVerificationCode.None)
        {
            return "";
        }

        var text = new StringBuilder("rest");
        foreach (char c in code.ToString())
        {
            if (char.IsUpper(c))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
